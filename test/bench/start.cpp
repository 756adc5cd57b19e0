// Time from the start of all three programs, with a waiting host, until the device is ready.
#include "test/bench/bench.hpp"
#include "test/bench/cable.hpp"
#include "test/bench/samples.hpp"

namespace revenant::bench {
namespace {

constexpr auto max_first_start = 10s;

awaitable<double> start_once(Suite& suite) {
    co_await suite.stop();
    Cable cable{co_await asio::this_coro::executor, suite.run_directory()};
    const auto begin = std::chrono::steady_clock::now();
    suite.start();
    co_await cable.ready_within(max_first_start);
    co_return milliseconds_since(begin);
}

}  // namespace

awaitable<void> measure_starts(Bench& bench) {
    std::vector<double> times;
    while (times.size() < bench.effort.starts)
        times.push_back(co_await start_once(bench.suite));
    bench.report.set("start_ready_ms", median(times));
    bench.report.detail("start_ready_slowest_ms", quantile(times, 1));
}

}  // namespace revenant::bench
