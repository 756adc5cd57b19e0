#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

#include "common/core/fd.hpp"

namespace revenant::supervisor {

/// A program to run with its environment. The descriptors are borrowed for the duration of the start.
struct Command {
    std::vector<std::string> argv;           ///< argv[0] is a path, not searched in PATH
    std::vector<std::string> environment;    ///< NAME=value, added to the caller's; the last value wins
    std::vector<std::string> pid_variables;  ///< names of variables that hold the new process's pid
    int output = -1;                         ///< becomes stdout; -1: /dev/null
    int errors = -1;                         ///< becomes stderr; -1: /dev/null
    std::vector<int> passed;                 ///< become descriptors 3, 4, ...; at most max_passed
};

constexpr std::size_t max_passed = 4;

/// A running program in its own process group. It is killed when the thread that started it ends for any reason, and
/// when this object is destroyed. Owned by one thread.
class Child {
public:
    /// Returns after a successful exec. Throws std::system_error naming the program if it cannot be started.
    explicit Child(const Command& command);
    Child(Child&& other) noexcept;
    Child& operator=(Child&&) = delete;
    ~Child();  ///< kills the whole group and reaps

    [[nodiscard]] pid_t pid() const noexcept { return pid_; }
    /// A descriptor that is readable after the process ends. Owned by this object.
    [[nodiscard]] int ended() const noexcept { return ended_.get(); }

    /// Sends a signal to the process, or to its whole group. No error if the process has ended.
    void signal(int number) const noexcept;
    void signal_group(int number) const noexcept;

    /// Waits for and reaps the process. Returns the exit code, or 128 plus the signal number. Kills the rest of its
    /// group.
    int reap();

private:
    pid_t pid_ = -1;  ///< -1: reaped
    UniqueFd ended_;
};

/// Formats the result of reap(): "exit code 3" or "signal 9 (Killed)".
std::string describe_exit(int code);

}  // namespace revenant::supervisor
