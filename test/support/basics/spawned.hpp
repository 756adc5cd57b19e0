#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

#include "test/support/basics/wait.hpp"

namespace revenant::test {

/// A child program of the test, killed on destruction. One of its outputs can be read.
class Spawned {
public:
    /// `output`: 1 or 2, the stream to read; the other is inherited. Throws std::system_error.
    Spawned(const std::vector<std::string>& arguments, int output);
    Spawned(const Spawned&) = delete;
    Spawned& operator=(const Spawned&) = delete;
    ~Spawned();

    /// Returns the next line that contains `part`. Throws std::runtime_error if there is none within 10 s.
    std::string line_with(const std::string& part);
    /// Discards the lines that are available now.
    void skip_lines();
    /// Returns all lines until the program closes the stream, or until the deadline.
    std::string rest(const Deadline& deadline);
    void signal(int number) const;
    /// Waits for the exit. Returns the exit status, or 128 plus the signal number. Throws if the deadline passes.
    int wait(const Deadline& deadline);

    [[nodiscard]] pid_t pid() const { return pid_; }

private:
    pid_t pid_ = -1;
    UniqueFd process_;  // pidfd: readable after exit
    LineReader lines_;
};

}  // namespace revenant::test
