#pragma once

#include <chrono>
#include <cstdint>

#include "monitor/health/health.hpp"

namespace revenant::monitor {

/// Circuit breaker: suspends checks of a target that does not respond, and detects its recovery. No clock: times are
/// arguments.
///
/// closed → `failures` in a row → open → `rest` → half-open: one probe → closed, or open for another `rest`.
class Breaker {
public:
    struct Settings {
        unsigned failures = 5;  ///< 0: never opens
        std::chrono::milliseconds rest{30'000};
    };
    enum class State : std::uint8_t { closed, open, half_open };

    explicit Breaker(Settings settings) : settings_{settings} {}

    /// Whether a check may run now. In half-open, returns true once, for the probe. The caller must follow each true
    /// with succeeded() or failed().
    bool admits(Moment now);
    void succeeded();
    void failed(Moment now);

    [[nodiscard]] State state() const { return state_; }

private:
    Settings settings_;
    State state_ = State::closed;
    unsigned failures_ = 0;
    Moment opened_{};
};

const char* name_of(Breaker::State state);

}  // namespace revenant::monitor
