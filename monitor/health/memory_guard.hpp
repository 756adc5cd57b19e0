#pragma once

#include <cstdint>

#include "common/core/fd.hpp"

namespace revenant::monitor {

/// Detects abnormal growth of the program's own memory, caused by a ZeroMQ peer: libzmq buffers the parts of a message
/// until the last one arrives, without a limit (ZMQ_RCVHWM counts whole messages, ZMQ_MAXMSGSIZE bounds each part) and
/// without notifying the reader. No I/O, no clock.
class MemoryGuard {
public:
    explicit MemoryGuard(std::uint64_t max_growth_kib) : max_growth_{max_growth_kib} {}

    /// Whether memory has grown by more than the limit since its minimum, so that sockets must be closed. After true,
    /// the current value becomes the minimum. 0: value unknown, ignored.
    bool overfull(std::uint64_t kib);

private:
    std::uint64_t max_growth_, least_ = 0;  ///< least_ 0: no value yet
};

/// Resident anonymous memory of this process (/proc/self/statm): cheap enough to read a hundred times a second.
class OwnMemory {
public:
    OwnMemory();
    /// In KiB; 0 if it cannot be read.
    [[nodiscard]] std::uint64_t kib() const;

private:
    UniqueFd file_;  // kept open, so that reading works when no descriptors are left
};

}  // namespace revenant::monitor
