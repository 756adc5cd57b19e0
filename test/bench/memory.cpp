// Memory of the device programs, and its growth while signing.
#include "test/bench/bench.hpp"
#include "test/bench/samples.hpp"

namespace revenant::bench {
namespace {

constexpr std::size_t samples = 20;
constexpr double signatures_per_slope = 10'000;

/// Signs; returns pairs of signature count and memory (KiB).
awaitable<std::vector<std::pair<double, double>>> memory_while_signing(Bench& bench, host::DeviceChannel& channel) {
    auto keys = co_await unlocked_keys(channel);
    std::vector<std::pair<double, double>> points;
    for (std::size_t sample = 1; sample <= samples; ++sample) {
        for (auto left = bench.effort.signatures / samples; left > 0; --left)
            co_await sign_next(channel, keys.front());
        points.emplace_back(sample * (bench.effort.signatures / samples), co_await bench.suite.sum("pss_kib"));
    }
    co_return points;
}

}  // namespace

awaitable<void> measure_memory(Bench& bench) {
    co_await bench.custody.unlock(bench.suite.run_directory(), 1);
    bench.report.detail("memory_before_kib", co_await bench.suite.sum("pss_kib"));
    const auto use = [&bench](host::DeviceChannel& channel) -> awaitable<void> {
        auto points = co_await memory_while_signing(bench, channel);
        bench.report.set("device_pss_mib", points.back().second / 1024);
        points.erase(points.begin(), points.begin() + samples / 10);  // excludes one-time allocations
        bench.report.set("device_pss_slope_kib", slope(points) * signatures_per_slope);
    };
    co_await with_channel(bench.suite.run_directory(), host::Interface::sign, use);
}

}  // namespace revenant::bench
