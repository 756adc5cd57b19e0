#pragma once

#include <algorithm>
#include <chrono>

namespace revenant {

/// When an answer must be there.
using Deadline = std::chrono::steady_clock::time_point;

/// From now until then, never negative.
inline std::chrono::milliseconds time_left(Deadline until) {
    const auto time = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    return std::max(time, std::chrono::milliseconds{0});
}

}  // namespace revenant
