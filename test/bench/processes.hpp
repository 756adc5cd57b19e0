#pragma once

#include <cstdint>
#include <vector>

#include <sys/types.h>

/// What the kernel counts of processes, ours or others; readable by any user unless /proc is mounted with hidepid.
namespace revenant::bench {

/// CPU time, user and system, of all threads that the processes ever had, in microseconds. Throws std::system_error.
double cpu_microseconds(const std::vector<pid_t>& processes);

/// Memory that the process holds, its share of what several hold, in KiB. Throws std::runtime_error when that cannot be
/// read: it is the process's user and root who may.
double pss_kib(pid_t process);

/// How often the threads of the processes gave up the CPU of their own accord: each time one is a wake-up later.
/// Throws std::runtime_error when that cannot be read.
std::uint64_t voluntary_switches(const std::vector<pid_t>& processes);

}  // namespace revenant::bench
