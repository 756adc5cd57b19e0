// The latency of one signature by the device or the remote signer, compared with its components. All four kinds of
// operation are interleaved, so that changes in machine speed affect all of them, and because consecutive writes are
// slower than writes with pauses.
#include <functional>
#include <stdexcept>

#include <fmt/format.h>

#include "test/bench/bare.hpp"
#include "test/bench/bench.hpp"
#include "test/bench/samples.hpp"
#include "test/bench/signer_client.hpp"

namespace revenant::bench {
namespace {

/// A signature cannot be faster than its components; noise may be up to one status round trip.
constexpr double least_credible_ratio = -1;

struct Latencies {
    std::vector<double> bare_sign, bare_write, status, sign;
};

template <typename Ask>
awaitable<double> latency_of(Ask ask) {
    const auto begin = std::chrono::steady_clock::now();
    co_await ask();
    co_return Microseconds{std::chrono::steady_clock::now() - begin}.count();
}

/// `channel`: for the status requests.
awaitable<Latencies> take_turns(Bench& bench, host::DeviceChannel& channel, std::function<awaitable<void>()> sign) {
    for (auto left = bench.effort.warm_up; left > 0; --left)
        co_await sign();
    BareSigner signer;
    BareWriter writer{bench.store_disk};
    const Request status_request = StatusRequest{};
    const auto status = [&]() -> awaitable<void> { co_await ask<StatusResponse>(channel, status_request); };
    Latencies all;
    for (auto left = bench.effort.rounds; left > 0; --left) {
        all.bare_sign.push_back(microseconds_of([&] { signer.sign(); }));
        all.bare_write.push_back(microseconds_of([&] { writer.write(); }));
        all.status.push_back(co_await latency_of(status));
        all.sign.push_back(co_await latency_of(sign));
    }
    co_return all;
}

void evaluate(const Latencies& all, const std::string& prefix, Report& report) {
    const auto bare_sign = median(all.bare_sign), bare_write = median(all.bare_write), status = median(all.status),
               sign = median(all.sign);
    report.detail(prefix + "bare_sign_us", bare_sign);
    report.detail(prefix + "bare_write_us", bare_write);
    report.detail(prefix + "status_us", status);
    report.detail(prefix + "sign_us", sign);
    report.detail(prefix + "sign_p99_us", quantile(all.sign, 0.99));
    const auto ratio = (sign - bare_sign) / status;
    if (ratio < least_credible_ratio)
        throw std::runtime_error{
            fmt::format("a signature took {:.0f} us, but its computation alone {:.0f} us: the machine is too busy, "
                        "measure again when it is idle",
                        sign, bare_sign)};
    report.set(prefix + "sign_overhead_ratio", ratio);
}

}  // namespace

awaitable<void> measure_overhead(Bench& bench) {
    const auto use = [&bench](host::DeviceChannel& channel) -> awaitable<void> {
        auto keys = co_await unlocked_keys(channel);
        const auto sign = [&]() -> awaitable<void> { co_await sign_next(channel, keys.front()); };
        evaluate(co_await take_turns(bench, channel, sign), "", bench.report);
    };
    co_await with_channel(bench.suite.run_directory(), host::Interface::sign, use);
}

/// Status requests go to the device on the management interface, since the server holds the sign interface.
awaitable<void> measure_http_overhead(Bench& bench) {
    const auto served = [&bench](unsigned short port) -> awaitable<void> {
        const auto use = [&bench, port](host::DeviceChannel& channel) -> awaitable<void> {
            SignerClient client{co_await asio::this_coro::executor, port};
            co_await client.connect();
            const auto keys = co_await unlocked_keys(channel);
            SignerTurn turn{client, keys.front(), false};
            const auto sign = [&] { return turn.sign_next(); };
            evaluate(co_await take_turns(bench, channel, sign), "http_", bench.report);
        };
        co_await with_channel(bench.suite.run_directory(), host::Interface::management, use);
    };
    co_await with_signer(bench.suite, served);
}

}  // namespace revenant::bench
