#pragma once

#include <cstdint>

namespace revenant::gadget {

/// What the gadget counts over its life, for status. Of the loop's thread.
struct Counters {
    std::uint64_t sessions = 0;  ///< begun: one per enable
    std::uint64_t packets = 0;   ///< read from the host
    std::uint64_t frames = 0;    ///< whole ones, from the host
    std::uint64_t frames_sent = 0;
    std::uint64_t frames_dropped = 0;   ///< of ours, when their session or their transfer was lost
    std::uint64_t partial_dropped = 0;  ///< incomplete frames that were forgotten
    std::uint64_t packets_dropped = 0;  ///< held while no session was there, then overtaken by a disable
    std::uint64_t write_retries = 0;
    std::uint64_t requests = 0;  ///< executed, or answered at once
    std::uint64_t repeats = 0;   ///< of a request that runs or has been answered
    std::uint64_t busy = 0;      ///< answered "busy"
    std::uint64_t signatures = 0;
    std::uint64_t refusals = 0;  ///< of a signature
};

}  // namespace revenant::gadget
