#pragma once

#include <cstdint>
#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "monitor/health/resources.hpp"
#include "monitor/zmq/sockets.hpp"

namespace revenant::test {

/// A world in which the monitor asks a broker again and again, as fast as it can.
struct World {
    std::string name{};
    std::string behaviour{};    ///< of monitor_peer; empty: nobody listens
    int delay_ms = 0;           ///< of its answers
    int restarts = 0;           ///< how often it is killed and started again
    int viewers = 0;            ///< how many come and go meanwhile
    bool echo = false;          ///< the service is asked, and tells its tag
    std::int64_t bar_kib = 64;  ///< what memory may grow by while it is asked
    std::string port{};         ///< where nobody listens; empty: any
    friend void PrintTo(const World& world, std::ostream* out) { *out << world.name; }
};

/// Of this process. All that it has grown by is in the resident part. So it is in the proportional one, together with
/// what other programs do: a page of a library counts whole when the last other program that has it ends. Over these
/// runs PSS was seen to change by -873 to +1,526 KiB where RSS changed by 24 at most, so the bar on PSS is laid to RSS.
struct Memory {
    std::int64_t resident_kib = 0, proportional_kib = 0;
};

/// What a run in a world came to.
struct Outcome {
    monitor::Resources before{}, after{};
    Memory slope{};  ///< from a quarter of the checks to the end
    int checks = 0, answered = 0;
    int stale = 0;  ///< answers that came sooner than the broker gives any
    std::uint64_t max_open = 0, opened = 0;
    int replaced = 0, discarded = 0, viewers = 0;

    std::int64_t bar_kib = 64;
    /// What is not as it was; empty: nothing leaks.
    [[nodiscard]] std::vector<std::string> leaks() const;
};

/// `checks` checks with a deadline of 5 ms, without a pause or a breaker.
/// `before_end` is called when all is measured and the ZeroMQ context still lives, whose end waits for its sockets.
Outcome run_world(const World& world, int checks, monitor::ZmqHabits habits = {},
                  const std::function<void()>& before_end = {});

/// Checks per second of a broker that is well, over one socket or over a new one each.
double check_rate(int checks, bool reused);

/// A port of 127.0.0.1 at which nobody listens.
std::string free_port();

}  // namespace revenant::test
