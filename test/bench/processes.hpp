#pragma once

#include <cstdint>
#include <vector>

#include <sys/types.h>

/// Kernel counters of processes; readable by any user unless /proc is mounted with hidepid.
namespace revenant::bench {

/// User and system CPU time of all threads, ended ones included, in microseconds. Throws std::system_error.
double cpu_microseconds(const std::vector<pid_t>& processes);

/// PSS (proportional set size) in KiB. Throws std::runtime_error if it cannot be read: only root and the process's user
/// may.
double pss_kib(pid_t process);

/// Voluntary context switches of all threads; each is followed by a wake-up. Throws std::runtime_error if it cannot be
/// read.
std::uint64_t voluntary_switches(const std::vector<pid_t>& processes);

}  // namespace revenant::bench
