// A device under full load: eight keys, sixteen requests in flight. The bare work is measured before, between and
// after, on all cores at once as the device has it; and alone on one, for who wants to compare machines.
#include <algorithm>
#include <functional>
#include <iterator>
#include <thread>

#include <unistd.h>

#include "test/bench/bare.hpp"
#include "test/bench/bench.hpp"
#include "test/bench/processes.hpp"
#include "test/bench/samples.hpp"

namespace revenant::bench {
namespace {

constexpr std::size_t in_flight = 16;
constexpr std::size_t bare_signatures = 200;  // on each core in one block: about a tenth of a second

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

/// Per signature. Of the bare work there is one more than of the rest: it is measured before each and after the last.
struct Costs {
    std::vector<double> bare_cpu, bare_wall, alone_cpu, alone_wall;
    std::vector<double> host_cpu, device_cpu, wall;
    std::vector<double> switches;  // of the device
};

awaitable<Costs> take_turns(Bench& bench, Load& load) {
    const auto device = bench.suite.processes();
    const std::vector host{::getpid()};
    const auto per_signature = [&](double sum) { return sum / static_cast<double>(bench.effort.signatures_per_load); };
    Costs costs;
    for (std::size_t round = 0; round <= bench.effort.load_rounds; ++round) {
        const auto bare = cost_on_cores(std::thread::hardware_concurrency(), bare_signatures);
        costs.bare_cpu.push_back(bare.cpu);
        costs.bare_wall.push_back(bare.wall);
        const auto alone = cost_on_cores(1, bare_signatures);
        costs.alone_cpu.push_back(alone.cpu);
        costs.alone_wall.push_back(alone.wall);
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

/// The median of what each round is of the bare work around it: the machine's speed changes meanwhile.
double median_ratio(const std::vector<double>& rounds, const std::vector<double>& bare) {
    std::vector<double> ratios;
    for (std::size_t round = 0; round < rounds.size(); ++round)
        ratios.push_back(2 * rounds[round] / (bare[round] + bare[round + 1]));
    return median(ratios);
}

std::vector<double> sums(const std::vector<double>& one, const std::vector<double>& other) {
    std::vector<double> sum;
    std::ranges::transform(one, other, std::back_inserter(sum), std::plus{});
    return sum;
}

void evaluate(const Costs& costs, Report& report) {
    const auto cores = std::thread::hardware_concurrency();
    const auto all_cpu = sums(costs.host_cpu, costs.device_cpu);
    report.detail("cores", cores);
    report.detail("bare_cpu_us_per_signature", median(costs.bare_cpu));
    report.detail("bare_signatures_per_second", 1e6 / median(costs.bare_wall));
    report.detail("bare_alone_cpu_us_per_signature", median(costs.alone_cpu));
    report.detail("bare_alone_signatures_per_second", 1e6 / median(costs.alone_wall));
    report.detail("load_host_cpu_us_per_signature", median(costs.host_cpu));
    report.detail("load_device_cpu_us_per_signature", median(costs.device_cpu));
    report.detail("load_device_switches_per_signature", median(costs.switches));
    report.detail("load_signatures_per_second", 1e6 / median(costs.wall));
    report.detail("sign_cpu_ratio_to_one_core_alone", median_ratio(all_cpu, costs.alone_cpu));
    report.detail("sign_throughput_ratio_to_one_core_alone", 1 / median_ratio(costs.wall, costs.alone_wall) / cores);
    report.set("sign_cpu_ratio", median_ratio(all_cpu, costs.bare_cpu));
    report.set("sign_throughput_ratio", 1 / median_ratio(costs.wall, costs.bare_wall));
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
