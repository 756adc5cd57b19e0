#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace revenant::monitor {

/// The frames of a ZeroMQ message, in order.
using Frames = std::vector<std::string>;

inline constexpr std::size_t max_frames = 64;  ///< per message; longer messages are rejected

}  // namespace revenant::monitor
