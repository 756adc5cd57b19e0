#pragma once

#include <array>
#include <csignal>
#include <cstdio>
#include <functional>
#include <string>
#include <utility>

#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "common/core/fd.hpp"
#include "host/cli/exit.hpp"
#include "host/error/error.hpp"

namespace revenant::test {

/// A child process on a pseudo-terminal that the test controls.
class OnTerminal {
public:
    /// `action` runs in the child; its result is the exit code, 98 if it leaves the echo off.
    explicit OnTerminal(const std::function<int()>& action) {
        int master = -1;
        child_ = ::forkpty(&master, nullptr, nullptr, nullptr);
        if (child_ == 0) {
            int code = 99;
            try {
                code = action();
            } catch (const host::Error& failure) {
                code = static_cast<int>(host::exit_of(failure.fault()));
            }
            // The terminal state that a shell would find.
            termios settings{};
            const bool echo_off = ::tcgetattr(0, &settings) == 0 && (settings.c_lflag & ECHO) == 0;
            ::_exit(echo_off ? 98 : code);
        }
        master_ = UniqueFd{master};
    }
    ~OnTerminal() {
        if (child_ > 0) {
            ::kill(child_, SIGKILL);
            ::waitpid(child_, nullptr, 0);
        }
    }
    OnTerminal(const OnTerminal&) = delete;
    OnTerminal& operator=(const OnTerminal&) = delete;

    /// Reads output until `prompt` appears.
    void expect(const std::string& prompt) {
        while (seen.find(prompt, read_up_to_) == std::string::npos && read_more()) {
        }
        const auto at = seen.find(prompt, read_up_to_);
        ASSERT_NE(at, std::string::npos) << seen;
        read_up_to_ = at + prompt.size();
    }
    void type(const std::string& text) const {
        ASSERT_EQ(::write(master_.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
    }
    /// Returns the child's wait status. Kills a child that runs on without output.
    int ended() {
        while (read_more()) {
        }
        pollfd readable{master_.get(), POLLIN, 0};
        if (::poll(&readable, 1, 0) == 0)
            ::kill(child_, SIGKILL);
        int status = 0;
        ::waitpid(std::exchange(child_, -1), &status, 0);
        return status;
    }

    /// Closes the terminal, which sends SIGHUP. Returns the child's wait status; kills a child that runs on for 20 s.
    int hang_up() {
        master_.reset();
        const UniqueFd process{static_cast<int>(::syscall(SYS_pidfd_open, child_, 0))};
        pollfd ended{process.get(), POLLIN, 0};
        if (::poll(&ended, 1, patience) == 0)
            ::kill(child_, SIGKILL);
        int status = 0;
        ::waitpid(std::exchange(child_, -1), &status, 0);
        return status;
    }

    std::string seen;

private:
    static constexpr int patience = 20'000;  // ms

    /// Returns false at the end of the output, or after 20 s without any.
    bool read_more() {
        pollfd readable{master_.get(), POLLIN, 0};
        if (::poll(&readable, 1, patience) <= 0)
            return false;
        std::array<char, 256> bytes{};
        const auto size = ::read(master_.get(), bytes.data(), bytes.size());
        if (size > 0)
            seen.append(bytes.data(), static_cast<std::size_t>(size));
        return size > 0;
    }

    pid_t child_ = -1;
    UniqueFd master_;
    std::size_t read_up_to_ = 0;
};

/// Runs `action` as the foreground job of a small shell, and returns its exit code. When the job stops, the shell takes
/// the terminal, says whether it echoes, switches the echo on, and continues the job after a typed line.
inline int as_job_of_shell(const std::function<int()>& action) {
    ::signal(SIGTTOU, SIG_IGN);
    const pid_t job = ::fork();
    if (job == 0) {
        ::setpgid(0, 0);
        ::tcsetpgrp(0, ::getpid());
        ::signal(SIGTTOU, SIG_DFL);
        ::_exit(action());
    }
    for (int status = 0; ::waitpid(job, &status, WUNTRACED) == job;) {
        if (!WIFSTOPPED(status))
            return WIFEXITED(status) ? WEXITSTATUS(status) : 97;
        termios settings{};
        ::tcgetattr(0, &settings);
        std::puts((settings.c_lflag & ECHO) != 0 ? "stopped, echo on" : "stopped, echo off");
        std::fflush(stdout);
        ::tcsetpgrp(0, ::getpgrp());
        settings.c_lflag |= static_cast<tcflag_t>(ECHO);
        ::tcsetattr(0, TCSANOW, &settings);
        std::array<char, 64> line{};
        if (::read(0, line.data(), line.size()) <= 0)
            return 96;
        ::tcsetpgrp(0, job);
        ::kill(-job, SIGCONT);
    }
    return 95;
}

inline int exit_code(int status) {
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace revenant::test
