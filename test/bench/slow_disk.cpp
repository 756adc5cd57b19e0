// Signing in a baker's rhythm beside the same on a disk whose syncs are slow. Both suites sign in turn, so that changes
// in machine speed affect both.
#include <array>

#include "common/async/within.hpp"
#include "test/bench/bench.hpp"
#include "test/bench/samples.hpp"
#include "test/bench/scratch.hpp"
#include "test/support/suite/baker.hpp"
#include "test/support/suite/disk.hpp"

namespace revenant::bench {
namespace {

constexpr auto level_time = 250ms;
constexpr std::array kinds{tezos::Kind::block, tezos::Kind::preattestation, tezos::Kind::attestation};

/// One key of one suite.
class Rhythm {
public:
    Rhythm(host::DeviceChannel& channel, host::LoadKey key) : channel_{channel}, key_{std::move(key)} {}

    /// Signs once; returns the latency in microseconds.
    awaitable<double> sign(tezos::Kind kind, std::int32_t level) {
        const Request request = SignRequest{key_.address, test::operation(key_.curve, kind, level)};
        const auto begin = std::chrono::steady_clock::now();
        co_await ask<SignResponse>(channel_, request);
        co_return Microseconds{std::chrono::steady_clock::now() - begin}.count();
    }

private:
    host::DeviceChannel& channel_;
    host::LoadKey key_;
};

struct Latencies {
    std::vector<double> usual, slow;
};

awaitable<Latencies> take_turns(Rhythm& usual, Rhythm& slow, std::int32_t first, std::int32_t levels) {
    Latencies all;
    for (auto level = first; level < first + levels; ++level) {
        const auto next = Clock::now() + level_time;
        for (const auto kind : kinds) {
            all.usual.push_back(co_await usual.sign(kind, level));
            all.slow.push_back(co_await slow.sign(kind, level));
        }
        co_await sleep_until(next);
    }
    co_return all;
}

void evaluate(const Latencies& all, double writes, Report& report) {
    report.detail("slow_disk_sign_us", median(all.slow));
    report.detail("slow_disk_sign_p99_us", quantile(all.slow, 0.99));
    report.set("sign_slow_disk_p50_ratio", median(all.slow) / median(all.usual));
    report.set("sign_slow_disk_p99_ratio", quantile(all.slow, 0.99) / quantile(all.usual, 0.99));
    report.set("writes_per_signature", writes / static_cast<double>(all.slow.size()));
}

}  // namespace

awaitable<void> measure_slow_disk(Bench& bench) {
    const test::Disk disk;
    const ScratchDirectory run{std::filesystem::temp_directory_path()}, store{bench.store_disk};
    const auto below = store.path() / "store";
    Suite suite{co_await asio::this_coro::executor, run.path(), below, disk.environment(below)};
    const auto measured = [&](host::DeviceChannel& usual, host::DeviceChannel& slow) -> awaitable<void> {
        Rhythm on_usual{usual, (co_await unlocked_keys(usual)).front()};
        Rhythm on_slow{slow, (co_await unlocked_keys(slow)).front()};
        co_await take_turns(on_usual, on_slow, 1, 4);  // the first level of a chain creates its file
        disk.slow_down(20ms, 200ms, 20);
        const auto before = disk.syncs();
        const auto all = co_await take_turns(on_usual, on_slow, 5, bench.effort.slow_levels);
        evaluate(all, static_cast<double>(disk.syncs() - before), bench.report);
        disk.mend();
    };
    const auto body = [&](TaskGroup& group) -> awaitable<void> {
        group.spawn(suite.run());
        co_await suite.started();
        co_await bench.custody.create(run.path());
        co_await bench.custody.unlock(run.path(), 1);
        const auto use_usual = [&](host::DeviceChannel& usual) -> awaitable<void> {
            const auto use_slow = [&](host::DeviceChannel& slow) { return measured(usual, slow); };
            co_await with_channel(run.path(), host::Interface::sign, use_slow);
        };
        co_await with_channel(bench.suite.run_directory(), host::Interface::sign, use_usual);
        suite.shut_down();
        co_await group.finished();
    };
    co_await with_group(body);
}

}  // namespace revenant::bench
