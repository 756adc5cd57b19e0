// A remote signer under full load: 16 connections, 8 keys. The client runs in this process on the same CPUs; the rate
// is not corrected for it, and its CPU time is reported.
#include <list>

#include "test/bench/costs.hpp"
#include "test/bench/processes.hpp"
#include "test/bench/samples.hpp"
#include "test/bench/signer_client.hpp"

namespace revenant::bench {
namespace {

constexpr std::size_t connections_per_key = 2;
constexpr std::size_t memory_samples = 20;
constexpr double requests_per_slope = 10'000;

/// Two connections for each key.
class Bakers {
public:
    Bakers(const asio::any_io_executor& executor, unsigned short port, const std::vector<host::LoadKey>& keys) {
        for (const auto& key : keys)
            for (const bool preattestations : {false, true})
                turns_.emplace_back(clients_.emplace_back(executor, port), key, preattestations);
    }

    awaitable<void> connect() {
        for (auto& client : clients_)
            co_await client.connect();
    }
    /// All connections sign in parallel, each one request at a time, until `count` signatures are done.
    awaitable<void> sign(std::size_t count) {
        left_ = count;
        const auto body = [this](TaskGroup& group) -> awaitable<void> {
            for (auto& turn : turns_)
                group.spawn(sign_in_turn(turn));
            co_await group.finished();
        };
        co_await with_group(body);
    }

private:
    awaitable<void> sign_in_turn(SignerTurn& turn) {
        while (left_ > 0) {
            --left_;
            co_await turn.sign_next();
        }
    }

    std::list<SignerClient> clients_;
    std::list<SignerTurn> turns_;
    std::size_t left_ = 0;
};

/// Runs `use`, an awaitable<void>(Bakers&), after opening all connections and warming up.
template <typename Use>
awaitable<void> with_bakers(Bench& bench, Use use) {
    std::vector<host::LoadKey> keys;
    const auto look = [&keys](host::DeviceChannel& channel) -> awaitable<void> {
        keys = co_await unlocked_keys(channel);
    };
    co_await with_channel(bench.suite.run_directory(), host::Interface::management, look);
    if (keys.size() != key_count)
        throw std::runtime_error{"not all keys are unlocked"};
    const auto served = [&](unsigned short port) -> awaitable<void> {
        Bakers bakers{co_await asio::this_coro::executor, port, keys};
        co_await bakers.connect();
        co_await bakers.sign(bench.effort.warm_up);
        co_await use(bakers);
    };
    co_await with_signer(bench.suite, served);
}

}  // namespace

awaitable<void> measure_http_load(Bench& bench) {
    const auto use = [&bench](Bakers& bakers) -> awaitable<void> {
        const auto round = [&] { return bakers.sign(bench.effort.signatures_per_load); };
        const auto costs = co_await beside_bare_work(bench, bench.suite.signer(), round);
        bench.report.detail("http_load_client_cpu_us_per_signature", median(costs.client_cpu));
        report_costs(costs, "http_", bench.report);
    };
    co_await with_bakers(bench, use);
}

/// All requests are signature requests.
awaitable<void> measure_http_memory(Bench& bench) {
    const auto use = [&bench](Bakers& bakers) -> awaitable<void> {
        const auto part = bench.effort.http_requests / memory_samples;
        std::vector<std::pair<double, double>> points;
        for (std::size_t sample = 1; sample <= memory_samples; ++sample) {
            co_await bakers.sign(part);
            points.emplace_back(sample * part, pss_kib(bench.suite.signer()));
        }
        bench.report.detail("http_pss_kib", points.back().second);
        points.erase(points.begin(), points.begin() + memory_samples / 10);  // excludes one-time allocations
        bench.report.set("http_pss_slope_kib", slope(points) * requests_per_slope);
    };
    co_await with_bakers(bench, use);
}

}  // namespace revenant::bench
