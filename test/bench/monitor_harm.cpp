// Slowdown of signing while the monitor is under attack. Uses its own suite on a dedicated CPU, and a thread, since the
// driver blocks.
#include "test/support/monitor/monitor_harm.hpp"

#include <algorithm>

#include <boost/asio/thread_pool.hpp>
#include <fmt/format.h>

#include "test/bench/bench.hpp"

namespace revenant::bench {

awaitable<void> measure_monitor_harm(Bench& bench) {
    if (test::processors().size() < 2)
        throw std::runtime_error{"this measurement needs two CPUs: one for the signer, one for the monitor"};
    using Ratios = std::map<test::Harm, double>;
    asio::thread_pool pool{1};
    const auto& effort = bench.effort;
    const auto work = [&effort]() -> awaitable<Ratios> {
        co_return test::harm_ratios(effort.harm_runs, effort.harm_slices);
    };
    auto uninterrupted = asio::bind_cancellation_slot(asio::cancellation_slot{}, use_awaitable);
    const auto ratios = co_await asio::co_spawn(pool, work(), std::move(uninterrupted));
    double worst = 0;
    for (const auto& [harm, ratio] : ratios) {
        bench.report.detail(fmt::format("monitor_harm_p95_ratio_{}", test::name(harm)), ratio);
        worst = std::max(worst, ratio);
    }
    bench.report.set("monitor_harm_p95_ratio", worst);
}

}  // namespace revenant::bench
