#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace revenant::monitor {

/// The frames of a ZeroMQ message, in their order.
using Frames = std::vector<std::string>;

inline constexpr std::size_t max_frames = 64;  ///< of a message that is understood

}  // namespace revenant::monitor
