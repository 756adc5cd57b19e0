#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include "common/core/fd.hpp"

namespace revenant::test {

using std::chrono::milliseconds;

/// A moment by which a wait must be over. All waits of the harness block their thread, woken by the kernel.
class Deadline {
public:
    explicit Deadline(milliseconds from_now) : end_{std::chrono::steady_clock::now() + from_now} {}

    /// What is left, in ms; 0 when it has passed.
    [[nodiscard]] milliseconds left() const;
    /// Waits until the descriptor is readable; false when the deadline came first.
    [[nodiscard]] bool readable(int descriptor) const;

private:
    std::chrono::steady_clock::time_point end_;
};

/// Waits until something is (or, `wanted` false, nothing is) at `path`; false when the deadline came first. Directories
/// on the way may appear meanwhile.
bool wait_for_path(const std::filesystem::path& path, bool wanted, const Deadline& deadline);

/// Connects to a unix stream socket; throws std::system_error naming it.
UniqueFd connect_to(const std::filesystem::path& socket);

/// Lines from a socket or pipe.
class LineReader {
public:
    explicit LineReader(UniqueFd from) : from_{std::move(from)} {}
    /// The next line without its end; nothing when the peer closed, or at the deadline.
    std::optional<std::string> next(const Deadline& deadline);
    /// Says that we read no more, and waits until the peer has closed its end: what it counts of itself then is without
    /// us. Merely closed, the next connection may be there before it has noticed; on one processor it nearly always is.
    void finish(const Deadline& deadline);

private:
    UniqueFd from_;
    std::string pending_;
};

}  // namespace revenant::test
