#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace revenant::monitor {

/// Bytes received on this process's open TCP connections, counted by the kernel, per peer ("tcp://127.0.0.1:5555").
/// Scans every descriptor.
using Intake = std::map<std::string, std::uint64_t>;
Intake intake_now();

}  // namespace revenant::monitor
