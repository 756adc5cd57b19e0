#include "host/prompt/passphrase.hpp"

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
std::string read_from_pipe(const std::string& text) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe(ends.data()), 0);
    const UniqueFd out{ends[0]};
    UniqueFd in{ends[1]};
    EXPECT_EQ(::write(in.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
    in.reset();
    return test::text_of(read_passphrase({out.get(), "", false}, true));
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
