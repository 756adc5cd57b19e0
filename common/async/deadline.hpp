#pragma once

#include <algorithm>

#include "common/core/clock.hpp"

namespace revenant {

/// When an answer must be there.
using Deadline = Clock::time_point;

/// From now until then, never negative.
inline std::chrono::milliseconds time_left(Deadline until) {
    const auto time = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
    return std::max(time, std::chrono::milliseconds{0});
}

}  // namespace revenant
