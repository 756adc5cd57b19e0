#pragma once

#include <cstdint>
#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "monitor/health/resources.hpp"
#include "monitor/zmq/sockets.hpp"

namespace revenant::test {

/// A setup in which the monitor checks a broker repeatedly, as fast as possible.
struct World {
    std::string name{};
    std::string behaviour{};  ///< of monitor_peer; empty: no server listens
    int delay_ms = 0;         ///< of its responses
    int restarts = 0;         ///< how often the broker is killed and restarted
    int viewers = 0;          ///< viewers that connect and disconnect meanwhile
    bool echo = false;        ///< sends requests to the service, which echoes the tag
    std::string port{};       ///< port without a server; empty: any free port
    friend void PrintTo(const World& world, std::ostream* out) { *out << world.name; }
};

/// The result of a run.
struct Outcome {
    monitor::Resources before{}, after{};
    /// Growth of the allocated memory in the second, third and fourth quarter of the checks, in bytes. Allocated bytes,
    /// not pages: the resident memory also contains free memory, which grows by up to 76 KiB in a run on a busy
    /// machine. The allocator's per-thread caches count as allocated; they fill up more and more slowly.
    std::vector<std::int64_t> growth{};
    int checks = 0, answered = 0;
    int stale = 0;  ///< responses that arrived before the broker's delay had passed
    std::uint64_t max_open = 0, opened = 0;
    int replaced = 0, discarded = 0, viewers = 0;

    static constexpr std::int64_t max_growth = 16 * 1024;  ///< in a quarter; without a leak at most 7 KiB were measured
    /// The growth in the middle one of the quarters: a leak grows in all of them, a cache or a buffer does not.
    [[nodiscard]] std::int64_t median_growth() const;
    /// Describes each resource that differs from before; empty: no leak.
    [[nodiscard]] std::vector<std::string> leaks() const;
};

/// Runs `checks` checks with a deadline of 5 ms, without pauses or a breaker. `before_end` is called after the
/// measurement, before the ZeroMQ context is destroyed, which waits for its sockets.
Outcome run_world(const World& world, int checks, monitor::ZmqHabits habits = {},
                  const std::function<void()>& before_end = {});

/// Checks per second of a healthy broker, over one socket (`reused`) or a new socket for each check.
double check_rate(int checks, bool reused);

/// A port of 127.0.0.1 without a server.
std::string free_port();

}  // namespace revenant::test
