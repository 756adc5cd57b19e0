#pragma once

#include <functional>
#include <string>
#include <vector>

#include "test/bench/bench.hpp"

namespace revenant::bench {

/// Costs per signature under load, in microseconds. The bare vectors have one more element: they are measured before
/// each round and after the last.
struct Costs {
    std::vector<double> bare_cpu, bare_wall, alone_cpu, alone_wall;
    std::vector<double> host_cpu, device_cpu, wall;
    std::vector<double> client_cpu;  ///< CPU time of this process
    std::vector<double> switches;    ///< voluntary context switches of the device
};

/// Runs `load` (Effort::signatures_per_load signatures) in rounds. Measures the bare work before, between and after
/// them: on all cores at once, as under load, and on one core alone, to compare machines. `host`: pid of the host
/// process.
awaitable<Costs> beside_bare_work(Bench& bench, pid_t host, std::function<awaitable<void>()> load);

/// Adds the metrics PREFIXsign_cpu_ratio and PREFIXsign_throughput_ratio, and their inputs as details.
void report_costs(const Costs& costs, const std::string& prefix, Report& report);

}  // namespace revenant::bench
