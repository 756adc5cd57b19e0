#pragma once

#include <chrono>

namespace revenant {

/// The clock of every wait and deadline: the steady clock, which a test can move forward. Its time points are a type of
/// their own, so that a deadline is never compared with the time of another clock.
class Clock {
public:
    using duration = std::chrono::steady_clock::duration;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<Clock>;
    static constexpr bool is_steady = true;

    static time_point now() { return time_point{std::chrono::steady_clock::now().time_since_epoch() + turned_}; }
    /// Moves the clock of this thread, and thus of its event loop, forward. For tests only.
    static void turn(duration by) { turned_ += by; }

private:
    static inline constinit thread_local duration turned_{};
};

}  // namespace revenant
