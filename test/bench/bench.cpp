#include "test/bench/bench.hpp"

#include <array>
#include <exception>

#include <fmt/format.h>

#include "test/bench/scratch.hpp"

namespace revenant::bench {
namespace {

struct Measurement {
    const char* name;
    awaitable<void> (*run)(Bench&);
};

constexpr std::array measurements{Measurement{"wake-ups, unplugged", &measure_unplugged_wakeups},
                                  Measurement{"memory", &measure_memory},
                                  Measurement{"latencies", &measure_overhead},
                                  Measurement{"latencies over HTTP", &measure_http_overhead},
                                  Measurement{"wake-ups, ready", &measure_ready_wakeups},
                                  Measurement{"full load", &measure_load},
                                  Measurement{"full load over HTTP", &measure_http_load},
                                  Measurement{"a slow disk", &measure_slow_disk},
                                  Measurement{"memory of the remote signer", &measure_http_memory},
                                  Measurement{"revivals", &measure_revivals},
                                  Measurement{"the monitor's checks", &measure_monitor_checks},
                                  Measurement{"viewers of the monitor", &measure_monitor_viewers},
                                  Measurement{"events of the monitor", &measure_monitor_events},
                                  Measurement{"starts", &measure_starts},
                                  Measurement{"signing beside an attacked monitor", &measure_monitor_harm}};

/// A failed measurement leaves its metrics unmeasured and does not stop the others; cancellation stops all.
awaitable<void> attempt(const Measurement& measurement, Bench& bench) {
    fmt::print(stderr, "revenant-bench: {}\n", measurement.name);
    try {
        co_await measurement.run(bench);
    } catch (const system_error& error) {
        if (error.code() == asio::error::operation_aborted)
            throw;
        bench.report.failed(measurement.name, error.code().message());
    } catch (const std::exception& error) {
        bench.report.failed(measurement.name, error.what());
    }
}

awaitable<void> measure_each(Bench& bench) {
    co_await bench.custody.create(bench.suite.run_directory());
    co_await bench.suite.stop();  // excludes memory of Argon2 and of key creation
    bench.suite.start();
    co_await bench.suite.started();
    for (const auto& measurement : measurements)
        co_await attempt(measurement, bench);
    if (const auto crashes = bench.suite.crashes(); crashes > 0)
        bench.report.failed("the programs", fmt::format("{} unexpected exits", crashes));
}

}  // namespace

Effort Effort::quick() {
    Effort effort;
    effort.quiet = 5s;
    effort.signatures = 1'000;
    effort.rounds = 200;
    effort.load_rounds = 3;
    effort.signatures_per_load = 500;
    effort.http_requests = 10'000;
    effort.timed_revivals = 20;
    effort.claimed_revivals = 30;
    effort.starts = 5;
    effort.monitor_checks = 1'000;
    effort.monitor_seconds = 4s;
    effort.monitor_changes = 5;
    effort.slow_levels = 20;
    effort.harm_runs = 1;
    effort.harm_slices = 1;
    return effort;
}

awaitable<void> measure_all(Effort effort, std::filesystem::path store_parent, Report& report) {
    const ScratchDirectory run_directory{
        std::filesystem::temp_directory_path()};  // short, since socket paths are limited
    const ScratchDirectory store{store_parent};
    report.describe("store_file_system", file_system_of(store.path()));
    report.describe("store_directory", store_parent.string());
    const Custody custody;
    Suite suite{co_await asio::this_coro::executor, run_directory.path(), store.path() / "store"};
    Bench bench{suite, custody, effort, store.path(), report};
    const auto body = [&](TaskGroup& group) -> awaitable<void> {
        group.spawn(suite.run());
        co_await suite.started();
        co_await measure_each(bench);
        suite.shut_down();
        co_await group.finished();
    };
    co_await with_group(body);
}

}  // namespace revenant::bench
