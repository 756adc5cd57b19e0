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
    std::string behaviour{};    ///< of monitor_peer; empty: no server listens
    int delay_ms = 0;           ///< of its responses
    int restarts = 0;           ///< how often the broker is killed and restarted
    int viewers = 0;            ///< viewers that connect and disconnect meanwhile
    bool echo = false;          ///< sends requests to the service, which echoes the tag
    std::int64_t bar_kib = 64;  ///< limit for memory growth during the checks
    std::string port{};         ///< port without a server; empty: any free port
    friend void PrintTo(const World& world, std::ostream* out) { *out << world.name; }
};

/// Memory of this process. Both values include its growth, but PSS also depends on other programs: a library page
/// counts in full once the last other program that maps it exits. Measured over these runs: PSS changed by -873 to
/// +1,526 KiB, RSS by 24 KiB at most; so the limit applies to RSS.
struct Memory {
    std::int64_t resident_kib = 0, proportional_kib = 0;
};

/// The result of a run.
struct Outcome {
    monitor::Resources before{}, after{};
    Memory slope{};  ///< growth from a quarter of the checks to the end
    int checks = 0, answered = 0;
    int stale = 0;  ///< responses that arrived before the broker's delay had passed
    std::uint64_t max_open = 0, opened = 0;
    int replaced = 0, discarded = 0, viewers = 0;

    std::int64_t bar_kib = 64;
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
