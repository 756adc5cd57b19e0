// Cost of the monitor's checks: one reused socket, compared with a new socket per check.
#include <optional>

#include "monitor/checks/mdp_probe.hpp"
#include "test/bench/bench.hpp"
#include "test/bench/samples.hpp"
#include "test/support/basics/spawned.hpp"

namespace revenant::bench {
namespace {

constexpr std::size_t rounds = 5;
constexpr std::size_t reused_per_renewed = 4;  // ratio of check counts, since reused ones are faster
constexpr auto deadline = 1s;

/// Microseconds per check. Throws std::runtime_error if a check fails.
awaitable<double> time_of_a_check(monitor::ZmqSockets& sockets, const std::string& endpoint, std::size_t count,
                                  bool reused) {
    const auto executor = co_await asio::this_coro::executor;
    std::optional<monitor::MdpProbe> way;
    const auto begin = Clock::now();
    for (std::size_t done = 0; done < count; ++done) {
        if (!way || !reused) {
            monitor::mdp::Peer peer{endpoint, monitor::mdp::Dialect::rfc18, "sign", false};
            way.emplace(executor, sockets, std::move(peer));
        }
        const auto answer = co_await way->ask(Clock::now() + deadline);
        if (!answer.came)
            throw std::runtime_error{"the broker did not answer the monitor's check: " + answer.reason};
    }
    co_return Microseconds{Clock::now() - begin}.count() / static_cast<double>(count);
}

}  // namespace

awaitable<void> measure_monitor_checks(Bench& bench) {
    const std::vector<std::string> words{BENCH_MONITOR_PEER, "*", "well"};
    test::Spawned broker{words, 1};
    const auto endpoint = "tcp://127.0.0.1:" + broker.line_with("at ").substr(3);
    monitor::ZmqSockets sockets;
    co_await time_of_a_check(sockets, endpoint, bench.effort.warm_up, true);
    std::vector<double> reused, renewed, ratios;
    for (std::size_t round = 0; round < rounds; ++round) {
        const auto count = bench.effort.monitor_checks / rounds;
        reused.push_back(co_await time_of_a_check(sockets, endpoint, count, true));
        renewed.push_back(co_await time_of_a_check(sockets, endpoint, count / reused_per_renewed, false));
        ratios.push_back(renewed.back() / reused.back());
    }
    bench.report.detail("monitor_checks_per_second", 1e6 / median(reused));
    bench.report.detail("monitor_checks_per_second_on_new_sockets", 1e6 / median(renewed));
    bench.report.set("monitor_reuse_ratio", median(ratios));
}

}  // namespace revenant::bench
