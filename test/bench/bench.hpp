#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>

#include "common/async/asio.hpp"
#include "test/bench/companion.hpp"
#include "test/bench/report.hpp"
#include "test/bench/suite.hpp"

namespace revenant::bench {

/// How much is measured.
struct Effort {
    std::chrono::seconds quiet{60};            ///< of each count of wake-ups
    std::size_t signatures = 10'000;           ///< while memory is watched
    std::size_t rounds = 2'000;                ///< of the interleaved latencies
    std::size_t load_rounds = 10;              ///< of the loaded device, each beside the bare work
    std::size_t signatures_per_load = 2'000;   ///< in one of those
    std::size_t timed_revivals = 200;          ///< by the control endpoint alone
    std::size_t claimed_revivals = 300;        ///< with an interface claimed and a question answered
    std::size_t starts = 21;                   ///< of all three programs
    std::size_t http_requests = 100'000;       ///< while the memory of the remote signer is watched
    std::size_t monitor_checks = 5'000;        ///< of a broker
    std::chrono::seconds monitor_seconds{10};  ///< that the monitor rests, and that it is watched
    std::size_t monitor_changes = 30;          ///< of the device's state, before each number of viewers
    unsigned harm_runs = 5;                    ///< of each harm to the monitor
    unsigned harm_slices = 3;                  ///< of a run, beside mere work and beside the harm in turn
    std::size_t warm_up = 100;                 ///< signatures, before anything is counted

    static Effort quick();
};

/// What every measurement works on.
struct Bench {
    Suite& suite;
    const Custody& custody;
    const Effort& effort;
    std::filesystem::path store_disk;  ///< a directory on the disk of the store
    Report& report;
};

/// Each puts its figures into the report, or throws what kept it from that. In the order in which they are called:
/// fewest keys unlocked first.
awaitable<void> measure_unplugged_wakeups(Bench& bench);
awaitable<void> measure_memory(Bench& bench);  // unlocks one key
awaitable<void> measure_overhead(Bench& bench);
awaitable<void> measure_http_overhead(Bench& bench);
awaitable<void> measure_ready_wakeups(Bench& bench);
awaitable<void> measure_load(Bench& bench);  // unlocks all
awaitable<void> measure_http_load(Bench& bench);
awaitable<void> measure_http_memory(Bench& bench);
awaitable<void> measure_revivals(Bench& bench);
awaitable<void> measure_monitor_checks(Bench& bench);
awaitable<void> measure_monitor_viewers(Bench& bench);
awaitable<void> measure_monitor_events(Bench& bench);  // locks all
awaitable<void> measure_starts(Bench& bench);
awaitable<void> measure_monitor_harm(Bench& bench);  // of a suite of its own

/// All of them, on a suite of their own; its sockets and its store below the two directories, removed afterwards.
awaitable<void> measure_all(Effort effort, std::filesystem::path store_parent, Report& report);

}  // namespace revenant::bench
