#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

#include "common/core/fd.hpp"

namespace revenant::supervisor {

/// A program to run and what it begins with. The descriptors are borrowed for the duration of the start.
struct Command {
    std::vector<std::string> argv;           ///< argv[0] is a path, not looked up
    std::vector<std::string> environment;    ///< NAME=value, added to the caller's own; a later one wins
    std::vector<std::string> pid_variables;  ///< names of variables that hold the new process's pid
    int output = -1;                         ///< becomes stdout; -1: /dev/null
    int errors = -1;                         ///< becomes stderr; -1: /dev/null
    std::vector<int> passed;                 ///< become descriptors 3, 4, ...; at most max_passed
};

constexpr std::size_t max_passed = 4;

/// A running program, alone in a process group of its own. It dies with the thread that started it, however that
/// ends, and with this object. Owned by one thread.
class Child {
public:
    /// Returns once the program itself runs; throws std::system_error naming it when it cannot be started.
    explicit Child(const Command& command);
    Child(Child&& other) noexcept;
    Child& operator=(Child&&) = delete;
    ~Child();  ///< kills the whole group and reaps

    [[nodiscard]] pid_t pid() const noexcept { return pid_; }
    /// Readable when the process has ended. Stays ours.
    [[nodiscard]] int ended() const noexcept { return ended_.get(); }

    /// Sends a signal to the process alone, or to all of its group. A process that ended is no error.
    void signal(int number) const noexcept;
    void signal_group(int number) const noexcept;

    /// Waits for the end and collects it: the exit code, or 128 + the signal that ended it.
    /// What is left of its group is killed.
    int reap();

private:
    pid_t pid_ = -1;  ///< -1: reaped
    UniqueFd ended_;
};

/// "exit code 3" or "signal 9 (Killed)", from what reap() returns.
std::string describe_exit(int code);

}  // namespace revenant::supervisor
