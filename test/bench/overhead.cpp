// The latency of one signature, beside what it is made of. All four kinds take turns, one by one, so that a machine
// whose speed changes meanwhile changes it for all; and since writes in a row take longer than such with a pause.
#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "test/bench/bare.hpp"
#include "test/bench/bench.hpp"
#include "test/bench/samples.hpp"

namespace revenant::bench {
namespace {

/// The whole cannot be quicker than its part; so much of one status round trip is allowed for noise.
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

awaitable<Latencies> take_turns(Bench& bench, host::DeviceChannel& channel, host::LoadKey& key) {
    BareSigner signer;
    BareWriter writer{bench.store_disk};
    const Request status_request = StatusRequest{};
    const auto status = [&]() -> awaitable<void> { co_await ask<StatusResponse>(channel, status_request); };
    const auto sign = [&]() -> awaitable<void> { co_await sign_next(channel, key); };
    Latencies all;
    for (auto left = bench.effort.rounds; left > 0; --left) {
        all.bare_sign.push_back(microseconds_of([&] { signer.sign(); }));
        all.bare_write.push_back(microseconds_of([&] { writer.write(); }));
        all.status.push_back(co_await latency_of(status));
        all.sign.push_back(co_await latency_of(sign));
    }
    co_return all;
}

void evaluate(const Latencies& all, Report& report) {
    const auto bare_sign = median(all.bare_sign), bare_write = median(all.bare_write), status = median(all.status),
               sign = median(all.sign);
    report.detail("bare_sign_us", bare_sign);
    report.detail("bare_write_us", bare_write);
    report.detail("status_us", status);
    report.detail("sign_us", sign);
    report.detail("sign_p99_us", quantile(all.sign, 0.99));
    const auto ratio = (sign - std::max(bare_sign, bare_write)) / status;
    if (ratio < least_credible_ratio)
        throw std::runtime_error{
            fmt::format("a signature took {:.0f} us and the durable write within it {:.0f} us when "
                        "measured alone: the machine is too busy, measure again when it is idle",
                        sign, bare_write)};
    report.set("sign_overhead_ratio", ratio);
}

}  // namespace

awaitable<void> measure_overhead(Bench& bench) {
    const auto use = [&bench](host::DeviceChannel& channel) -> awaitable<void> {
        auto keys = co_await unlocked_keys(channel);
        for (auto left = bench.effort.warm_up; left > 0; --left)
            co_await sign_next(channel, keys.front());
        evaluate(co_await take_turns(bench, channel, keys.front()), bench.report);
    };
    co_await with_channel(bench.suite.run_directory(), host::Interface::sign, use);
}

}  // namespace revenant::bench
