// A device under full load: eight keys, sixteen requests in flight. The bare work is measured before, between and
// after, alone on one core.
#include <thread>

#include <unistd.h>

#include "test/bench/bare.hpp"
#include "test/bench/bench.hpp"
#include "test/bench/processes.hpp"
#include "test/bench/samples.hpp"

namespace revenant::bench {
namespace {

constexpr std::size_t in_flight = 16;
constexpr std::size_t bare_signatures = 200;  // in one block: about a tenth of a second

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

/// Signs with so many in flight until `count` signatures have come back.
awaitable<void> run(Load& load, std::size_t count) {
    load.left = count;
    const auto body = [&load](TaskGroup& group) -> awaitable<void> {
        for (std::size_t each = 0; each < in_flight; ++each)
            group.spawn(sign_in_turn(load));
        co_await group.finished();
    };
    co_await with_group(body);
}

struct Costs {
    std::vector<double> bare_cpu, bare_wall, host_cpu, device_cpu, wall;  // per signature
    std::vector<double> switches;                                         // of the device, likewise
};

awaitable<Costs> take_turns(Bench& bench, Load& load) {
    const auto device = bench.suite.processes();
    const std::vector host{::getpid()};
    const auto per_signature = [&](double sum) { return sum / static_cast<double>(bench.effort.signatures_per_load); };
    BareSigner signer;
    Costs costs;
    for (std::size_t round = 0; round <= bench.effort.load_rounds; ++round) {
        costs.bare_cpu.push_back(signer.cpu_per_signature(bare_signatures));
        costs.bare_wall.push_back(signer.wall_per_signature(bare_signatures));
        if (round == bench.effort.load_rounds)
            break;
        const auto switches = voluntary_switches(device);
        const auto host_cpu = cpu_microseconds(host);
        const auto device_cpu = cpu_microseconds(device);
        const auto begin = std::chrono::steady_clock::now();
        co_await run(load, bench.effort.signatures_per_load);
        costs.wall.push_back(per_signature(Microseconds{std::chrono::steady_clock::now() - begin}.count()));
        costs.device_cpu.push_back(per_signature(cpu_microseconds(device) - device_cpu));
        costs.host_cpu.push_back(per_signature(cpu_microseconds(host) - host_cpu));
        costs.switches.push_back(per_signature(static_cast<double>(voluntary_switches(device) - switches)));
    }
    co_return costs;
}

void evaluate(const Costs& costs, Report& report) {
    const auto bare_cpu = median(costs.bare_cpu), bare_wall = median(costs.bare_wall), wall = median(costs.wall),
               host_cpu = median(costs.host_cpu), device_cpu = median(costs.device_cpu);
    const auto cores = std::thread::hardware_concurrency();
    report.detail("cores", cores);
    report.detail("bare_cpu_us_per_signature", bare_cpu);
    report.detail("bare_signatures_per_second", 1e6 / bare_wall);
    report.detail("load_host_cpu_us_per_signature", host_cpu);
    report.detail("load_device_cpu_us_per_signature", device_cpu);
    report.detail("load_device_switches_per_signature", median(costs.switches));
    report.detail("load_signatures_per_second", 1e6 / wall);
    report.set("sign_cpu_ratio", (host_cpu + device_cpu) / bare_cpu);
    report.set("sign_throughput_ratio", bare_wall / wall / cores);
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
        evaluate(co_await take_turns(bench, load), bench.report);
    };
    co_await with_channel(bench.suite.run_directory(), host::Interface::sign, use);
}

}  // namespace revenant::bench
