#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

#include "test/support/basics/wait.hpp"

namespace revenant::test {

/// A program that runs beside the test, and is killed with it. What it writes to one of its outputs can be read.
class Spawned {
public:
    /// `output`: 1 or 2, the one that is read; the other is the test's. Throws std::system_error.
    Spawned(const std::vector<std::string>& arguments, int output);
    Spawned(const Spawned&) = delete;
    Spawned& operator=(const Spawned&) = delete;
    ~Spawned();

    /// The next line that holds `part`; throws std::runtime_error if there is none for ten seconds.
    std::string line_with(const std::string& part);
    /// Reads what lines are there already.
    void skip_lines();
    /// All lines until it closes its output, or until the deadline.
    std::string rest(const Deadline& deadline);
    void signal(int number) const;
    /// Waits for its end; its exit status, or 128 and the signal. Throws if it does not end until the deadline.
    int wait(const Deadline& deadline);

    [[nodiscard]] pid_t pid() const { return pid_; }

private:
    pid_t pid_ = -1;
    UniqueFd process_;  // readable when it has ended
    LineReader lines_;
};

}  // namespace revenant::test
