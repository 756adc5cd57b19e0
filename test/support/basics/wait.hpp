#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include "common/core/fd.hpp"

namespace revenant::test {

using std::chrono::milliseconds;

/// The end of a wait. All waits of the harness block their thread until the kernel wakes it.
class Deadline {
public:
    explicit Deadline(milliseconds from_now) : end_{std::chrono::steady_clock::now() + from_now} {}

    /// Remaining time in ms; 0 if it has passed.
    [[nodiscard]] milliseconds left() const;
    /// Waits until the descriptor is readable; returns false at the deadline.
    [[nodiscard]] bool readable(int descriptor) const;

private:
    std::chrono::steady_clock::time_point end_;
};

/// Waits until `path` exists (or, if `wanted` is false, does not exist); returns false at the deadline. Parent
/// directories may be created meanwhile.
bool wait_for_path(const std::filesystem::path& path, bool wanted, const Deadline& deadline);

/// Connects to a unix stream socket. Throws std::system_error naming it.
UniqueFd connect_to(const std::filesystem::path& socket);

/// Lines from a socket or pipe.
class LineReader {
public:
    explicit LineReader(UniqueFd from) : from_{std::move(from)} {}
    /// Returns the next line without its end; nothing if the peer has closed or at the deadline.
    std::optional<std::string> next(const Deadline& deadline);
    /// Shuts down the write side and waits until the peer has closed, so that its counters no longer include this
    /// connection. After a plain close(), the next connection may arrive before the peer notices; on one processor it
    /// nearly always does.
    void finish(const Deadline& deadline);

private:
    UniqueFd from_;
    std::string pending_;
};

}  // namespace revenant::test
