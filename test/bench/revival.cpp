// Repeated replugs of the cable: time until the device is ready, and leaked descriptors.
#include <algorithm>

#include "test/bench/bench.hpp"
#include "test/bench/cable.hpp"
#include "test/bench/samples.hpp"

namespace revenant::bench {
namespace {

constexpr auto max_revival = 5s;

/// Waits until all programs have ended the session.
awaitable<void> unplugged(const Suite& suite) {
    const auto not_ready = [](const boost::json::object& line) { return !line.at("ready").as_bool(); };
    const auto waiting = [](const boost::json::object& line) { return line.at("state") == "waiting"; };
    co_await suite.status("registrar", not_ready);
    co_await suite.status("gadget", waiting);
    co_await suite.status("liveness", waiting);
}

/// One revival: milliseconds from plug-in to ready.
awaitable<double> revive(Cable& cable) {
    const auto begin = std::chrono::steady_clock::now();
    co_await cable.ready_within(max_revival);
    co_return milliseconds_since(begin);
}

awaitable<std::vector<double>> timed_revivals(const Suite& suite, std::size_t count) {
    Cable cable{co_await asio::this_coro::executor, suite.run_directory()};
    std::vector<double> times;
    while (times.size() < count) {
        times.push_back(co_await revive(cable));
        co_await cable.pull_out();
        co_await unplugged(suite);
    }
    co_return times;
}

/// `count` times: plugs in, sends one request and unplugs.
awaitable<void> claimed_revivals(const Suite& suite, std::size_t count) {
    const auto ask_once = [](host::DeviceChannel& channel) -> awaitable<void> { co_await unlocked_keys(channel); };
    for (; count > 0; --count)
        co_await with_channel(suite.run_directory(), host::Interface::sign, ask_once);
    co_await unplugged(suite);
}

/// Minimum of several samples: a closed connection, such as that of the previous sample, counts until the server
/// notices.
awaitable<double> descriptors(const Suite& suite) {
    auto fewest = co_await suite.sum("descriptors");
    for (int looks = 1; looks < 5; ++looks)
        fewest = std::min(fewest, co_await suite.sum("descriptors"));
    co_return fewest;
}

}  // namespace

awaitable<void> measure_revivals(Bench& bench) {
    co_await claimed_revivals(bench.suite, 1);
    const auto before = co_await descriptors(bench.suite);
    const auto times = co_await timed_revivals(bench.suite, bench.effort.timed_revivals);
    co_await claimed_revivals(bench.suite, bench.effort.claimed_revivals);
    const auto after = co_await descriptors(bench.suite);
    bench.report.detail("descriptors", after);
    bench.report.set("fd_growth", after - before);
    bench.report.set("revival_p50_ms", median(times));
    bench.report.set("revival_p99_ms", quantile(times, 0.99));
}

}  // namespace revenant::bench
