#pragma once

#include <functional>
#include <string>
#include <vector>

#include "test/bench/bench.hpp"

namespace revenant::bench {

/// What a load costs per signature, in microseconds. Of the bare work there is one more than of the rest: it is
/// measured before each round and after the last.
struct Costs {
    std::vector<double> bare_cpu, bare_wall, alone_cpu, alone_wall;
    std::vector<double> host_cpu, device_cpu, wall;
    std::vector<double> client_cpu;  ///< of this process
    std::vector<double> switches;    ///< of the device
};

/// Runs `load`, which makes Effort::signatures_per_load signatures, in rounds; the bare work before, between and after,
/// on all cores at once as the device has it, and alone on one, for who wants to compare machines. `host`: the process
/// at the host's end.
awaitable<Costs> beside_bare_work(Bench& bench, pid_t host, std::function<awaitable<void>()> load);

/// The two figures PREFIXsign_cpu_ratio and PREFIXsign_throughput_ratio, and what they come from.
void report_costs(const Costs& costs, const std::string& prefix, Report& report);

}  // namespace revenant::bench
