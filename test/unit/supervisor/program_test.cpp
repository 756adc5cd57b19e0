// The program's script interface: a list of services, commands by socket, one line of JSON in return.
#include <array>
#include <csignal>
#include <fstream>
#include <optional>

#include <boost/json/parse.hpp>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/syscall.h>

#include "test/supervisor/child.hpp"
#include "test/supervisor/control.hpp"
#include "test/support/basics/temporary_directory.hpp"

namespace revenant::supervisor {
namespace {

bool ends_within_5_s(int pidfd) {
    pollfd ended{pidfd, POLLIN, 0};
    return ::poll(&ended, 1, 5000) == 1;
}

class SupervisorProgram : public testing::Test {
protected:
    /// Starts the program with a list of services and waits for its "ready".
    void start(const std::string& services) {
        const auto config = dir_.path() / "services";
        std::ofstream{config} << services;
        std::array<int, 2> pipe{};
        ASSERT_EQ(::pipe2(pipe.data(), O_CLOEXEC), 0);
        const UniqueFd output{pipe[0]}, input{pipe[1]};
        Command command;
        command.argv = {SUPERVISOR_PROGRAM, "--dir", run_dir().string(), "--config", config.string()};
        command.output = input.get();
        program_.emplace(command);
        pollfd readable{output.get(), POLLIN, 0};
        ASSERT_EQ(::poll(&readable, 1, 5000), 1);
        std::array<char, 8> line{};
        ASSERT_EQ(::read(output.get(), line.data(), line.size()), 6);
        ASSERT_EQ(std::string(line.data(), 6), "ready\n");
    }

    std::filesystem::path run_dir() const { return dir_.path() / "run"; }
    boost::json::object ask(const std::string& command) {
        return boost::json::parse(supervisor::ask(run_dir(), command, 10s)).as_object();
    }
    std::string error_of(const std::string& command) {
        const auto answer = ask(command);
        const auto* const error = answer.if_contains("error");
        return error ? std::string{error->as_string()} : "";
    }

    test::TemporaryDirectory dir_;
    std::optional<Child> program_;
};

TEST_F(SupervisorProgram, commands_control_services) {
    start("[one]\nrun = /bin/sleep 1000\nrestart_delay_ms = 1\n[two]\nrun = " SUPERVISOR_PROBE
          " deaf\nautostart = no\nstop_grace_ms = 20\n");
    EXPECT_EQ(ask("status").at("services").as_array().size(), 2U);
    const auto first = ask("pid one").at("pid").to_number<pid_t>();
    EXPECT_EQ(::kill(first, 0), 0);
    ask("kill one SIGKILL");
    const auto again = ask("wait-restarts one 1");
    EXPECT_EQ(again.at("restarts").to_number<int>(), 1);
    EXPECT_NE(again.at("pid").to_number<pid_t>(), first);
    EXPECT_EQ(ask("pid two").at("state").as_string(), "stopped");
    ask("start two");
    EXPECT_EQ(ask("wait-ready two 5").at("state").as_string(), "ready");
    EXPECT_EQ(ask("stop two").at("state").as_string(), "stopped");
    EXPECT_EQ(ask("pid two").at("pid").to_number<pid_t>(), 0);
}

TEST_F(SupervisorProgram, invalid_command_returns_error) {
    start("[one]\nrun = /bin/sleep 1000\nautostart = no\n");
    EXPECT_EQ(error_of("stop three"), "unknown service 'three'");
    EXPECT_EQ(error_of("stop"), "'stop' needs a service");
    EXPECT_EQ(error_of("dance one"), "unknown command 'dance'");
    EXPECT_EQ(error_of("kill one TERM"), "'one' is not running");
    EXPECT_EQ(error_of("kill one FOO"), "'FOO' is not a signal");
    EXPECT_EQ(error_of("wait-ready one 0"), "'one' is stopped after the timeout");
    EXPECT_EQ(error_of(""), "empty command");
}

TEST_F(SupervisorProgram, sigterm_exits_0_and_cleans_up) {
    start("[one]\nrun = /bin/sleep 1000\n");
    const auto pid = ask("pid one").at("pid").to_number<pid_t>();
    program_->signal(SIGTERM);
    ASSERT_TRUE(ends_within_5_s(program_->ended()));
    EXPECT_EQ(program_->reap(), 0);
    EXPECT_EQ(::kill(pid, 0), -1);
    EXPECT_FALSE(std::filesystem::exists(run_dir() / "control.sock"));
    EXPECT_FALSE(std::filesystem::exists(run_dir() / "notify.sock"));
}

TEST_F(SupervisorProgram, supervisor_death_kills_services) {
    start("[one]\nrun = /bin/sleep 1000\n");
    const auto pid = ask("pid one").at("pid").to_number<pid_t>();
    const UniqueFd service{static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))};
    program_->signal(SIGKILL);
    EXPECT_TRUE(ends_within_5_s(service.get()));
}

TEST_F(SupervisorProgram, restart_replaces_stale_sockets) {
    start("[one]\nrun = /bin/sleep 1000\n");
    program_->signal(SIGKILL);
    program_.reset();
    start("[one]\nrun = /bin/sleep 1000\n");
    EXPECT_EQ(ask("status").at("services").as_array().size(), 1U);
}

}  // namespace
}  // namespace revenant::supervisor
