// Wake-ups per second of an idle device.
#include <chrono>

#include "test/bench/bench.hpp"
#include "test/bench/processes.hpp"

namespace revenant::bench {
namespace {

awaitable<double> wakeups_per_second(Suite& suite, std::chrono::seconds quiet) {
    using Clock = std::chrono::steady_clock;
    Timer end{co_await asio::this_coro::executor, quiet};
    const auto processes = suite.processes();
    const auto begin = Clock::now();
    const auto before = voluntary_switches(processes);
    co_await end.async_wait(use_awaitable);
    const auto after = voluntary_switches(processes);
    co_return static_cast<double>(after - before) / std::chrono::duration<double>{Clock::now() - begin}.count();
}

}  // namespace

awaitable<void> measure_unplugged_wakeups(Bench& bench) {
    bench.report.set("wakeups_unplugged_per_s", co_await wakeups_per_second(bench.suite, bench.effort.quiet));
}

awaitable<void> measure_ready_wakeups(Bench& bench) {
    const auto use = [&bench](host::DeviceChannel& channel) -> awaitable<void> {
        co_await unlocked_keys(channel);  // ensures that the interface is claimed and all programs have processed it
        bench.report.set("wakeups_ready_per_s", co_await wakeups_per_second(bench.suite, bench.effort.quiet));
    };
    co_await with_channel(bench.suite.run_directory(), host::Interface::sign, use);
}

}  // namespace revenant::bench
