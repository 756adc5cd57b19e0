// The latency of one signature, beside what it is made of. All four kinds take turns, so that a machine whose speed
// changes meanwhile changes it for all.
#include <algorithm>

#include "test/bench/bare.hpp"
#include "test/bench/bench.hpp"
#include "test/bench/samples.hpp"

namespace revenant::bench {
namespace {

constexpr std::size_t block = 10;  // of one kind before the next

struct Latencies {
    std::vector<double> bare_sign, bare_write, status, sign;
};

template <typename Work>
void measure_bare(Work work, std::vector<double>& latencies) {
    for (std::size_t i = 0; i < block; ++i)
        latencies.push_back(microseconds_of(work));
}

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
    for (std::size_t round = 0; round < bench.effort.rounds; ++round) {
        measure_bare([&] { signer.sign(); }, all.bare_sign);
        measure_bare([&] { writer.write(); }, all.bare_write);
        for (std::size_t i = 0; i < block; ++i)
            all.status.push_back(co_await latency_of(status));
        for (std::size_t i = 0; i < block; ++i)
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
    report.set("sign_overhead_ratio", (sign - std::max(bare_sign, bare_write)) / status);
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
