#pragma once

#include <algorithm>
#include <chrono>
#include <utility>

namespace revenant {

/// Doubling pauses between `first` and `longest`; reset() after a success.
class Backoff {
public:
    using Pause = std::chrono::milliseconds;
    constexpr Backoff(Pause first, Pause longest) : first_{first}, longest_{longest}, next_{first} {}
    constexpr Pause next() { return std::exchange(next_, std::min(next_ * 2, longest_)); }
    constexpr void reset() { next_ = first_; }

private:
    Pause first_, longest_, next_;
};

/// What every retry of the suite uses: 10 ms doubling to 1 s.
constexpr Backoff standard_backoff() {
    return {Backoff::Pause{10}, Backoff::Pause{1000}};
}

}  // namespace revenant
