#pragma once

#include <cstdint>

namespace revenant::gadget {

/// Counters over the lifetime of the gadget, for status. Event loop thread only.
struct Counters {
    std::uint64_t sessions = 0;  ///< started: one per enable
    std::uint64_t packets = 0;   ///< read from the host
    std::uint64_t frames = 0;    ///< complete frames from the host
    std::uint64_t frames_sent = 0;
    std::uint64_t frames_dropped = 0;   ///< outgoing frames whose session or transfer was lost
    std::uint64_t partial_dropped = 0;  ///< incomplete frames that were discarded
    std::uint64_t packets_dropped = 0;  ///< held without a session, then made stale by a disable
    std::uint64_t write_retries = 0;
    std::uint64_t requests = 0;  ///< executed, or answered at once
    std::uint64_t repeats = 0;   ///< of a request that is running or was answered
    std::uint64_t busy = 0;      ///< answered "busy"
    std::uint64_t signatures = 0;
    std::uint64_t refusals = 0;  ///< refused signatures
};

}  // namespace revenant::gadget
