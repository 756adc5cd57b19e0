#include "monitor/health/budget.hpp"

#include <algorithm>

namespace revenant::monitor {

using Seconds = std::chrono::duration<double>;

double Budget::left_at(Moment now) const {
    return std::min(most_, left_ + per_second_ * Seconds{now - at_}.count());
}

bool Budget::spend(double cost, Moment now) {
    const auto left = left_at(now);
    if (left <= 0)
        return false;
    left_ = left - cost;
    at_ = now;
    return true;
}

Moment Budget::free_at(Moment now) const {
    const auto left = left_at(now);
    if (left > 0)
        return now;
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(Seconds{-left / per_second_});
    return now + wait + std::chrono::milliseconds{1};
}

}  // namespace revenant::monitor
