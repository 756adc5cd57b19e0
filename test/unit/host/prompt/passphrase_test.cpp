#include "host/prompt/passphrase.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>

#include <gtest/gtest.h>
#include <sodium.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/core/fd.hpp"
#include "host/cli/exit.hpp"
#include "host/error/error.hpp"
#include "host/prompt/terminal.hpp"
#include "test/support/basics/secret_text.hpp"
#include "test/unit/host/prompt/on_terminal.hpp"

namespace revenant::host {
namespace {

/// Reads a passphrase from a pipe that contains `text`.
std::string read_from_pipe(const std::string& text, bool is_new = false, bool exact = false) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe(ends.data()), 0);
    const UniqueFd out{ends[0]};
    UniqueFd in{ends[1]};
    EXPECT_EQ(::write(in.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
    in.reset();
    return test::text_of(read_passphrase({out.get(), "", false, exact}, is_new));
}

std::optional<Fault> failure_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const Error& failure) {
        return failure.fault();
    }
    return std::nullopt;
}

class PassphraseTest : public ::testing::Test {
protected:
    void SetUp() override { ASSERT_GE(sodium_init(), 0); }
};

TEST_F(PassphraseTest, descriptor_yields_first_line) {
    EXPECT_EQ(read_from_pipe("correct horse\nbattery"), "correct horse");
    EXPECT_EQ(read_from_pipe("no end of line"), "no end of line");
    EXPECT_EQ(read_from_pipe(std::string(1024, 'x')), std::string(1024, 'x'));
}

TEST_F(PassphraseTest, empty_or_too_long_is_rejected) {
    EXPECT_EQ(failure_of([] { read_from_pipe(""); }), Fault::usage);
    EXPECT_EQ(failure_of([] { read_from_pipe("\nsecond line"); }), Fault::usage);
    EXPECT_EQ(failure_of([] { read_from_pipe(std::string(1025, 'x')); }), Fault::usage);
}

TEST_F(PassphraseTest, one_crlf_ends_the_line) {
    EXPECT_EQ(read_from_pipe("pw\r\n", true), "pw");
    EXPECT_EQ(read_from_pipe("pw\r\n"), "pw");
    EXPECT_EQ(read_from_pipe("pw\r\r\n"), "pw\r");
    EXPECT_EQ(read_from_pipe("pw\r"), "pw\r");  // how to give a passphrase that an earlier version set with its CR
    EXPECT_EQ(read_from_pipe(std::string(1024, 'x') + "\r\n"), std::string(1024, 'x'));
    EXPECT_EQ(failure_of([] { read_from_pipe("\r\n"); }), Fault::usage);
    ::setenv("REVENANT_TEST_PASSPHRASE", "pw\r\n", 1);
    EXPECT_EQ(test::text_of(read_passphrase({{}, "REVENANT_TEST_PASSPHRASE", true}, false)), "pw");
}

TEST_F(PassphraseTest, untypeable_new_passphrase_is_rejected) {
    using namespace std::string_literals;
    for (const auto& text :
         {"pw\r"s, "p\0w"s, "p\tw"s, "\x1b[200~pw\x1b[201~"s, "p\x7fw"s, "p\xc2\x85w"s, "\xef\xbb\xbfpw"s}) {
        EXPECT_EQ(failure_of([&] { read_from_pipe(text, true); }), Fault::usage) << text;
        EXPECT_EQ(read_from_pipe(text), text);  // it may have been set by another program
    }
    EXPECT_EQ(read_from_pipe("correct horse ~", true), "correct horse ~");
}

TEST_F(PassphraseTest, paste_marks_are_named) {
    for (const auto& [text, word] :
         {std::pair{"\x1b[200~pw", "paste"}, {"pw\r", "control character"}, {"\xef\xbb\xbfpw", "byte order mark"}})
        try {
            read_from_pipe(text, true);
            ADD_FAILURE() << word;
        } catch (const Error& error) {
            EXPECT_NE(std::string{error.what()}.find(word), std::string::npos) << error.what();
        }
}

/// "é" is U+00E9 in normal form C, and U+0065 U+0301 in form D.
TEST_F(PassphraseTest, text_is_in_normal_form_c) {
    EXPECT_EQ(read_from_pipe("caf\x65\xcc\x81"), "caf\xc3\xa9");
    EXPECT_EQ(read_from_pipe("caf\xc3\xa9"), "caf\xc3\xa9");
    EXPECT_EQ(read_from_pipe("caf\x65\xcc\x81", false, true), "caf\x65\xcc\x81");
    EXPECT_EQ(read_from_pipe("caf\xe9"), "caf\xe9") << "not UTF-8";
    EXPECT_EQ(read_from_pipe("\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab"), "\xed\x95\x9c") << "Hangul";
    std::string long_text;
    for (int letter = 0; letter < 341; ++letter)
        long_text += "\x65\xcc\x81";
    EXPECT_EQ(read_from_pipe(long_text).size(), 682U);
    std::string growing;  // U+FB2C becomes three code points of six bytes in form C
    for (int letter = 0; letter < 341; ++letter)
        growing += "\xef\xac\xac";
    EXPECT_EQ(failure_of([&] { read_from_pipe(growing); }), Fault::usage);
}

TEST_F(PassphraseTest, repetition_may_have_other_form) {
    const auto ask = [] { return test::text_of(read_passphrase({}, true)) == "\xc3\xa9" ? 0 : 1; };
    test::OnTerminal terminal{ask};
    terminal.expect("New passphrase: ");
    terminal.type("\x65\xcc\x81\n");
    terminal.expect("Repeat passphrase: ");
    terminal.type("\xc3\xa9\n");
    EXPECT_EQ(test::exit_code(terminal.ended()), 0);
}

TEST_F(PassphraseTest, new_non_ascii_passphrase_is_noted) {
    const auto note = [](const std::string& text, bool is_new) {
        testing::internal::CaptureStderr();
        read_from_pipe(text, is_new);
        return testing::internal::GetCapturedStderr();
    };
    const auto noted = note("caf\xc3\xa9", true);
    EXPECT_TRUE(noted.starts_with("revenant: the passphrase contains letters beyond ASCII")) << noted;
    EXPECT_EQ(std::count(noted.begin(), noted.end(), '\n'), 1);
    EXPECT_EQ(note("cafe", true), "");
    EXPECT_EQ(note("caf\xc3\xa9", false), "");
}

TEST_F(PassphraseTest, variable_is_wiped_and_unset) {
    ::setenv("REVENANT_TEST_PASSPHRASE", "correct horse", 1);
    const char* const value = std::getenv("REVENANT_TEST_PASSPHRASE");
    EXPECT_EQ(test::text_of(read_passphrase({{}, "REVENANT_TEST_PASSPHRASE", true}, true)), "correct horse");
    EXPECT_EQ(std::getenv("REVENANT_TEST_PASSPHRASE"), nullptr);
    EXPECT_EQ(std::string(13, '\0'), (std::string{value, 13}));
    EXPECT_EQ(failure_of([] { read_passphrase({{}, "REVENANT_TEST_PASSPHRASE", true}, false); }), Fault::usage);
}

TEST_F(PassphraseTest, terminal_does_not_echo) {
    test::OnTerminal terminal{[] { return test::text_of(read_passphrase({}, false)) == "hunter2" ? 0 : 1; }};
    terminal.expect("Passphrase: ");
    terminal.type("hunter2\n");
    terminal.expect("\n");
    EXPECT_EQ(test::exit_code(terminal.ended()), 0);
    EXPECT_EQ(terminal.seen.find("hunter2"), std::string::npos);
}

TEST_F(PassphraseTest, new_passphrase_is_prompted_twice) {
    const auto ask = [] { return test::text_of(read_passphrase({}, true)) == "hunter2" ? 0 : 1; };
    test::OnTerminal same{ask};
    same.expect("New passphrase: ");
    same.type("hunter2\n");
    same.expect("Repeat passphrase: ");
    same.type("hunter2\n");
    EXPECT_EQ(test::exit_code(same.ended()), 0);
    test::OnTerminal other{ask};
    other.expect("New passphrase: ");
    other.type("hunter2\n");
    other.expect("Repeat passphrase: ");
    other.type("hunter3\n");
    EXPECT_EQ(test::exit_code(other.ended()), static_cast<int>(Exit::usage));
}

TEST_F(PassphraseTest, interrupt_restores_echo_then_exits) {
    const auto ask = [] { return test::text_of(read_passphrase({}, false)) == "" ? 0 : 1; };
    test::OnTerminal dies{ask};
    dies.expect("Passphrase: ");
    dies.type("\x03");
    const int status = dies.ended();
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT);

    const auto ask_deaf = [&] {
        ::signal(SIGINT, [](int) {});  // like a program that handles the signal
        return ask();
    };
    test::OnTerminal lives{ask_deaf};
    lives.expect("Passphrase: ");
    lives.type("\x03");
    EXPECT_EQ(test::exit_code(lives.ended()), static_cast<int>(Exit::interrupted));
}

TEST_F(PassphraseTest, suspended_prompt_begins_again) {
    const auto ask = [] { return test::text_of(read_passphrase({}, false)) == "hunter2" ? 0 : 1; };
    test::OnTerminal terminal{[&] { return test::as_job_of_shell(ask); }};
    for (int times = 0; times < 2; ++times) {
        terminal.expect("Passphrase: ");
        terminal.type("half of i\x1a");
        terminal.expect("stopped, echo on");
        terminal.type("fg\n");
    }
    terminal.expect("Passphrase: ");
    terminal.type("hunter2\n");
    EXPECT_EQ(test::exit_code(terminal.ended()), 0);
    EXPECT_EQ(terminal.seen.find("hunter2"), std::string::npos) << terminal.seen;
    EXPECT_EQ(terminal.seen.find("half"), std::string::npos) << terminal.seen;
}

/// SIGSTOP cannot be caught, so that only the continuation can switch the echo off again.
TEST_F(PassphraseTest, continued_prompt_switches_echo_off) {
    const auto ask = [] {
        std::printf("pid %d.", ::getpid());
        std::fflush(stdout);
        return test::text_of(read_passphrase({}, false)) == "hunter2" ? 0 : 1;
    };
    test::OnTerminal terminal{[&] { return test::as_job_of_shell(ask); }};
    terminal.expect("Passphrase: ");
    const auto job = std::stoi(terminal.seen.substr(terminal.seen.find("pid ") + 4));
    ::kill(job, SIGSTOP);
    terminal.expect("stopped, echo off");
    terminal.type("fg\n");
    terminal.expect("Passphrase: ");
    terminal.type("hunter2\n");
    EXPECT_EQ(test::exit_code(terminal.ended()), 0);
    EXPECT_EQ(terminal.seen.find("hunter2"), std::string::npos) << terminal.seen;
}

/// Without a shell that could continue it, the kernel does not stop the program.
TEST_F(PassphraseTest, suspension_without_shell_asks_again) {
    test::OnTerminal terminal{[] { return test::text_of(read_passphrase({}, false)) == "hunter2" ? 0 : 1; }};
    terminal.expect("Passphrase: ");
    terminal.type("\x1a");
    terminal.expect("Passphrase: ");
    terminal.type("hunter2\n");
    EXPECT_EQ(test::exit_code(terminal.ended()), 0);
    EXPECT_EQ(terminal.seen.find("hunter2"), std::string::npos) << terminal.seen;
}

TEST_F(PassphraseTest, suspended_question_is_shown_again) {
    const auto ask = [] { return confirmed("Delete?", "no terminal") ? 0 : 1; };
    test::OnTerminal terminal{[&] { return test::as_job_of_shell(ask); }};
    terminal.expect("Delete? [y/N] ");
    terminal.type("\x1a");
    terminal.expect("stopped, echo on");
    terminal.type("fg\n");
    terminal.expect("Delete? [y/N] ");
    terminal.type("y\n");
    EXPECT_EQ(test::exit_code(terminal.ended()), 0);
}

TEST_F(PassphraseTest, only_yes_confirms) {
    for (const auto& [answer, code] : {std::pair{"y\n", 0}, {"yes\n", 0}, {"\n", 1}, {"n\n", 1}, {"yesterday\n", 1}}) {
        test::OnTerminal terminal{[] { return confirmed("Delete?", "no terminal") ? 0 : 1; }};
        terminal.expect("Delete? [y/N] ");
        terminal.type(answer);
        EXPECT_EQ(test::exit_code(terminal.ended()), code) << answer;
    }
}

}  // namespace
}  // namespace revenant::host
