// The monitor with a remote signer: memory, number of viewers, and delay of device events.
#include <fmt/format.h>

#include "test/bench/bench.hpp"
#include "test/bench/processes.hpp"
#include "test/bench/samples.hpp"
#include "test/bench/signer_client.hpp"
#include "test/bench/stream_watch.hpp"
#include "test/support/basics/descriptors.hpp"

namespace revenant::bench {
namespace {

constexpr std::size_t max_viewers = 1'000;
constexpr auto between_events = 1s;

/// Runs signer and monitor while `use`, an awaitable<void>(unsigned short signer_port, StreamWatch&), runs.
template <typename Use>
awaitable<void> with_monitor(Suite& suite, Use use) {
    const test::ManyDescriptors enough;  // this process has all viewers
    const auto served = [&](unsigned short signer_port) -> awaitable<void> {
        const auto watched = [&](unsigned short port) -> awaitable<void> {
            const auto body = [&](TaskGroup& group) -> awaitable<void> {
                StreamWatch viewers{group, co_await asio::this_coro::executor, port};
                co_await use(signer_port, viewers);
                group.cancel();
                co_await asio::this_coro::throw_if_cancelled(false);
                co_await group.finished();
            };
            co_await with_group(body);
        };
        co_await with_program(suite, "monitor", watched);
    };
    co_await with_signer(suite, served);
}

/// Signs once per second for `seconds`, so that the signer has one event per second.
awaitable<void> sign_each_second(SignerTurn& turn, unsigned seconds) {
    Timer pause{co_await asio::this_coro::executor, Clock::now()};
    for (; seconds > 0; --seconds) {
        co_await turn.sign_next();
        pause.expires_at(pause.expiry() + between_events);
        co_await pause.async_wait(use_awaitable);
    }
}

/// Time from the stop request for the gadget to the event at each viewer, in milliseconds.
awaitable<std::vector<double>> delays_of_a_change(Suite& suite, StreamWatch& viewers) {
    const auto begin = Clock::now();
    suite.end_soon("gadget");
    co_await viewers.all_know(false);
    auto delays = viewers.delays_ms(begin);
    co_await suite.ended("gadget");
    suite.start();
    co_await suite.started();
    co_await viewers.all_know(true);
    co_return delays;
}

}  // namespace

awaitable<void> measure_monitor_viewers(Bench& bench) {
    std::vector<host::LoadKey> keys;
    const auto look = [&keys](host::DeviceChannel& channel) -> awaitable<void> {
        keys = co_await unlocked_keys(channel);
    };
    co_await with_channel(bench.suite.run_directory(), host::Interface::management, look);
    const auto use = [&](unsigned short signer_port, StreamWatch& viewers) -> awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        SignerClient client{executor, signer_port};
        co_await client.connect();
        SignerTurn turn{client, keys.at(0), false};
        Timer quiet{executor, bench.effort.monitor_seconds};
        co_await quiet.async_wait(use_awaitable);
        const auto at_rest = pss_kib(bench.suite.process("monitor"));
        bench.report.set("monitor_pss_mib", at_rest / 1024);
        co_await viewers.grow_to(max_viewers);
        viewers.count_anew();
        const auto seconds = static_cast<unsigned>(bench.effort.monitor_seconds.count());
        co_await sign_each_second(turn, seconds);
        bench.report.set("monitor_viewers", static_cast<double>(viewers.with_events(seconds - 1)));
        const auto watched = pss_kib(bench.suite.process("monitor"));
        bench.report.detail("monitor_pss_watched_kib", watched);
        bench.report.set("monitor_viewer_kib", (watched - at_rest) / max_viewers);
    };
    co_await with_monitor(bench.suite, use);
}

awaitable<void> measure_monitor_events(Bench& bench) {
    const auto use = [&](unsigned short, StreamWatch& viewers) -> awaitable<void> {
        for (const std::size_t count : {1UL, 100UL, max_viewers}) {
            co_await viewers.grow_to(count);
            co_await viewers.all_know(true);
            std::vector<double> delays;
            for (auto left = bench.effort.monitor_changes; left > 0; --left) {
                const auto more = co_await delays_of_a_change(bench.suite, viewers);
                delays.insert(delays.end(), more.begin(), more.end());
            }
            bench.report.detail(fmt::format("monitor_event_p50_ms_{}", count), median(delays));
            const auto p99 = quantile(delays, 0.99);
            if (count == 100)
                bench.report.set("monitor_event_p99_ms_100", p99);
            else
                bench.report.detail(fmt::format("monitor_event_p99_ms_{}", count), p99);
        }
    };
    co_await with_monitor(bench.suite, use);
}

}  // namespace revenant::bench
