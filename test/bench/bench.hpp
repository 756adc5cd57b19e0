#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>

#include "common/async/asio.hpp"
#include "test/bench/companion.hpp"
#include "test/bench/report.hpp"
#include "test/bench/suite.hpp"

namespace revenant::bench {

/// Amount of measurement.
struct Effort {
    std::chrono::seconds quiet{60};            ///< duration of each wake-up count
    std::size_t signatures = 10'000;           ///< for the memory measurement
    std::size_t rounds = 2'000;                ///< rounds of interleaved latencies
    std::size_t load_rounds = 10;              ///< rounds under load, each next to the bare work
    std::size_t signatures_per_load = 2'000;   ///< per load round
    std::size_t timed_revivals = 200;          ///< with the control endpoint only
    std::size_t claimed_revivals = 300;        ///< with a claimed interface and one request
    std::size_t starts = 21;                   ///< starts of all three programs
    std::size_t http_requests = 100'000;       ///< for the memory measurement of the remote signer
    std::size_t monitor_checks = 5'000;        ///< checks of a broker
    std::chrono::seconds monitor_seconds{10};  ///< duration idle, and duration with viewers
    std::size_t monitor_changes = 30;          ///< device state changes per number of viewers
    unsigned harm_runs = 5;                    ///< runs per attack on the monitor
    unsigned harm_slices = 3;                  ///< per run, alternating plain CPU load and the attack
    std::int32_t slow_levels = 240;            ///< levels of 250 ms on a slow disk
    std::size_t warm_up = 100;                 ///< signatures before a measurement

    static Effort quick();
};

/// Context of all measurements.
struct Bench {
    Suite& suite;
    const Custody& custody;
    const Effort& effort;
    std::filesystem::path store_disk;  ///< a directory on the store's disk
    Report& report;
};

/// Each adds its metrics to the report or throws. Declared in call order: fewest unlocked keys first.
awaitable<void> measure_unplugged_wakeups(Bench& bench);
awaitable<void> measure_memory(Bench& bench);  // unlocks one key
awaitable<void> measure_overhead(Bench& bench);
awaitable<void> measure_http_overhead(Bench& bench);
awaitable<void> measure_ready_wakeups(Bench& bench);
awaitable<void> measure_load(Bench& bench);  // unlocks all
awaitable<void> measure_http_load(Bench& bench);
awaitable<void> measure_slow_disk(Bench& bench);  // with a second suite
awaitable<void> measure_http_memory(Bench& bench);
awaitable<void> measure_revivals(Bench& bench);
awaitable<void> measure_monitor_checks(Bench& bench);
awaitable<void> measure_monitor_viewers(Bench& bench);
awaitable<void> measure_monitor_events(Bench& bench);  // locks all
awaitable<void> measure_starts(Bench& bench);
awaitable<void> measure_monitor_harm(Bench& bench);  // with its own suite

/// Runs all on a new suite, with its sockets in the temporary directory and its store in `store_parent`; removes both.
awaitable<void> measure_all(Effort effort, std::filesystem::path store_parent, Report& report);

}  // namespace revenant::bench
