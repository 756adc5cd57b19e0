// A device under full load: 8 keys, 16 concurrent requests on one interface.
#include <unistd.h>

#include "test/bench/costs.hpp"

namespace revenant::bench {
namespace {

constexpr std::size_t in_flight = 16;

struct Load {
    host::DeviceChannel& channel;
    std::vector<host::LoadKey> keys;
    std::size_t turn = 0;
    std::size_t left = 0;
};

awaitable<void> sign_in_turn(Load& load) {
    while (load.left > 0) {
        --load.left;
        co_await sign_next(load.channel, load.keys[load.turn++ % load.keys.size()]);
    }
}

/// Keeps `in_flight` requests pending until `count` signatures are done.
awaitable<void> run(Load& load, std::size_t count) {
    load.left = count;
    const auto body = [&load](TaskGroup& group) -> awaitable<void> {
        for (std::size_t each = 0; each < in_flight; ++each)
            group.spawn(sign_in_turn(load));
        co_await group.finished();
    };
    co_await with_group(body);
}

}  // namespace

awaitable<void> measure_load(Bench& bench) {
    co_await bench.custody.unlock(bench.suite.run_directory(), key_count);
    const auto use = [&bench](host::DeviceChannel& channel) -> awaitable<void> {
        auto keys = co_await unlocked_keys(channel);
        Load load{channel, std::move(keys)};
        if (load.keys.size() != key_count)
            throw std::runtime_error{"not all keys are unlocked"};
        co_await run(load, bench.effort.warm_up);
        const auto round = [&] { return run(load, bench.effort.signatures_per_load); };
        report_costs(co_await beside_bare_work(bench, ::getpid(), round), "", bench.report);
    };
    co_await with_channel(bench.suite.run_directory(), host::Interface::sign, use);
}

}  // namespace revenant::bench
