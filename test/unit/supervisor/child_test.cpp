#include "test/supervisor/child.hpp"

#include <array>
#include <csignal>
#include <fstream>
#include <sstream>
#include <system_error>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include "test/support/basics/temporary_directory.hpp"

namespace revenant::supervisor {
namespace {

std::string contents(const std::filesystem::path& file) {
    std::ifstream in{file};
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

/// Runs a shell script and returns its standard output.
class ShellTest : public testing::Test {
protected:
    std::string output_of(const std::string& script, Command command = {}) {
        const auto file = dir_.path() / "out";
        const auto out = open_file(file, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        command.argv = {"/bin/sh", "-c", script};
        command.output = out.get();
        Child child{command};
        code_ = child.reap();
        return contents(file);
    }

    static constexpr int high = 20;

    /// Opens a file at a descriptor above those that the tests use.
    UniqueFd file_with(const std::string& text) {
        const auto path = dir_.path() / text;
        std::ofstream{path} << text;
        const auto file = open_file(path, O_RDONLY);
        return UniqueFd{::fcntl(file.get(), F_DUPFD_CLOEXEC, high)};
    }

    test::TemporaryDirectory dir_;
    int code_ = -1;
};

TEST_F(ShellTest, exit_code_and_signal_are_distinguished) {
    output_of("exit 7");
    EXPECT_EQ(code_, 7);
    EXPECT_EQ(describe_exit(code_), "exit code 7");
    output_of("kill -9 $$");
    EXPECT_EQ(code_, 128 + SIGKILL);
    EXPECT_EQ(describe_exit(code_), "signal 9 (Killed)");
}

TEST_F(ShellTest, environment_overrides_and_is_filtered) {
    ::setenv("NOTIFY_SOCKET", "/not/for/you", 1);
    ::setenv("REVENANT_TEST_A", "old", 1);
    Command command;
    command.environment = {"REVENANT_TEST_A=new"};
    command.pid_variables = {"REVENANT_TEST_PID"};
    const auto text =
        output_of("echo \"$REVENANT_TEST_A ${NOTIFY_SOCKET-none} $((REVENANT_TEST_PID == $$))\"", std::move(command));
    ::unsetenv("NOTIFY_SOCKET");
    ::unsetenv("REVENANT_TEST_A");
    EXPECT_EQ(text, "new none 1\n");
}

TEST_F(ShellTest, passed_descriptors_keep_order) {
    const auto first = file_with("first");
    const auto second = file_with("second");
    // Place each source at the other's target number.
    const UniqueFd at_three{::fcntl(3, F_DUPFD_CLOEXEC, high)}, at_four{::fcntl(4, F_DUPFD_CLOEXEC, high)};
    ASSERT_EQ(::dup2(second.get(), 3), 3);
    ASSERT_EQ(::dup2(first.get(), 4), 4);
    Command command;
    command.passed = {4, 3};
    const auto text = output_of("cat <&3; echo; cat <&4", std::move(command));
    at_three ? ::dup2(at_three.get(), 3) : ::close(3);
    at_four ? ::dup2(at_four.get(), 4) : ::close(4);
    EXPECT_EQ(text, "first\nsecond");
}

TEST_F(ShellTest, other_descriptors_are_not_inherited) {
    const UniqueFd leaky{::open("/dev/null", O_RDONLY)};  // not close-on-exec
    const auto text = output_of("exec ls /proc/self/fd");
    EXPECT_EQ(text, "0\n1\n2\n3\n");  // 3 is the listed directory
}

TEST_F(ShellTest, signal_state_is_reset) {
    sigset_t all, before;
    ::sigfillset(&all);
    ::sigprocmask(SIG_BLOCK, &all, &before);
    const auto old = ::signal(SIGHUP, SIG_IGN);
    // Not the shell's own status: Debian 13's shell blocks all signals while it starts a program.
    const auto text = output_of("exec grep -E 'SigBlk|SigIgn' /proc/self/status");
    ::signal(SIGHUP, old);
    ::sigprocmask(SIG_SETMASK, &before, nullptr);
    EXPECT_EQ(text, "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
}

TEST(supervisor_child, missing_program_is_named) {
    try {
        const Child child{Command{{"/no/such/program"}, {}, {}, -1, -1, {}}};
        FAIL() << "started";
    } catch (const std::system_error& error) {
        EXPECT_EQ(error.code(), std::errc::no_such_file_or_directory);
        EXPECT_NE(std::string{error.what()}.find("/no/such/program"), std::string::npos);
    }
    EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "a process is left";
}

TEST(supervisor_child, destructor_kills_and_reaps) {
    pid_t pid = 0;
    {
        const Child child{Command{{"/bin/sleep", "1000"}, {}, {}, -1, -1, {}}};
        pid = child.pid();
        EXPECT_EQ(::getpgid(pid), pid);
        EXPECT_EQ(::kill(pid, 0), 0);
    }
    EXPECT_EQ(::kill(pid, 0), -1);
}

}  // namespace
}  // namespace revenant::supervisor
