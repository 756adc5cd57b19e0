#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace revenant::monitor {

/// How many bytes came on the TCP connections that this process has now, by the kernel's count, for each peer:
/// "tcp://127.0.0.1:5555". Looks at every descriptor.
using Intake = std::map<std::string, std::uint64_t>;
Intake intake_now();

}  // namespace revenant::monitor
