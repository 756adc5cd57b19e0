#include "test/bench/costs.hpp"

#include <algorithm>
#include <iterator>
#include <thread>

#include <unistd.h>

#include "test/bench/bare.hpp"
#include "test/bench/processes.hpp"
#include "test/bench/samples.hpp"

namespace revenant::bench {
namespace {

constexpr std::size_t bare_signatures = 200;  // per core in one block: about 0.1 s

/// The median ratio of each round to the bare work before and after it, since the machine's speed changes.
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

}  // namespace

awaitable<Costs> beside_bare_work(Bench& bench, pid_t host, std::function<awaitable<void>()> load) {
    const auto device = bench.suite.processes();
    const std::vector host_end{host}, client{::getpid()};
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
        const auto host_cpu = cpu_microseconds(host_end), device_cpu = cpu_microseconds(device),
                   client_cpu = cpu_microseconds(client);
        const auto begin = std::chrono::steady_clock::now();
        co_await load();
        costs.wall.push_back(per_signature(Microseconds{std::chrono::steady_clock::now() - begin}.count()));
        costs.device_cpu.push_back(per_signature(cpu_microseconds(device) - device_cpu));
        costs.host_cpu.push_back(per_signature(cpu_microseconds(host_end) - host_cpu));
        costs.client_cpu.push_back(per_signature(cpu_microseconds(client) - client_cpu));
        costs.switches.push_back(per_signature(static_cast<double>(voluntary_switches(device) - switches)));
    }
    co_return costs;
}

void report_costs(const Costs& costs, const std::string& prefix, Report& report) {
    const auto cores = std::thread::hardware_concurrency();
    const auto all_cpu = sums(costs.host_cpu, costs.device_cpu);
    const auto detail = [&](const char* name, double value) { report.detail(prefix + name, value); };
    report.detail("cores", cores);
    detail("bare_cpu_us_per_signature", median(costs.bare_cpu));
    detail("bare_signatures_per_second", 1e6 / median(costs.bare_wall));
    detail("bare_alone_cpu_us_per_signature", median(costs.alone_cpu));
    detail("bare_alone_signatures_per_second", 1e6 / median(costs.alone_wall));
    detail("load_host_cpu_us_per_signature", median(costs.host_cpu));
    detail("load_device_cpu_us_per_signature", median(costs.device_cpu));
    detail("load_device_switches_per_signature", median(costs.switches));
    detail("load_signatures_per_second", 1e6 / median(costs.wall));
    detail("sign_cpu_ratio_to_one_core_alone", median_ratio(all_cpu, costs.alone_cpu));
    detail("sign_throughput_ratio_to_one_core_alone", 1 / median_ratio(costs.wall, costs.alone_wall) / cores);
    report.set(prefix + "sign_cpu_ratio", median_ratio(all_cpu, costs.bare_cpu));
    report.set(prefix + "sign_throughput_ratio", 1 / median_ratio(costs.wall, costs.bare_wall));
}

}  // namespace revenant::bench
