#pragma once

#include <cstdint>

#include "common/core/fd.hpp"

namespace revenant::monitor {

/// Notices that the program's own memory grows as it never does by right. What fills it is a ZeroMQ peer: libzmq keeps
/// the parts of a message until the last has come, without a limit (ZMQ_RCVHWM counts whole messages, ZMQ_MAXMSGSIZE
/// bounds each part) and without a word to the reader. No I/O, no clock.
class MemoryGuard {
public:
    explicit MemoryGuard(std::uint64_t max_growth_kib) : max_growth_{max_growth_kib} {}

    /// Whether it has grown too much beyond the least that it was, so that something must be let go. What is left then
    /// counts as the least, until there is less. 0: not known now.
    bool overfull(std::uint64_t kib);

private:
    std::uint64_t max_growth_, least_ = 0;  ///< 0: none yet
};

/// Memory of this process that belongs to no file, as the kernel counts it: cheap enough for a hundred looks a second.
class OwnMemory {
public:
    OwnMemory();
    /// 0: it cannot be read.
    [[nodiscard]] std::uint64_t kib() const;

private:
    UniqueFd file_;  // kept, so that it can be read when there are no descriptors left
};

}  // namespace revenant::monitor
