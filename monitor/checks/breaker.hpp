#pragma once

#include <chrono>
#include <cstdint>

#include "monitor/health/health.hpp"

namespace revenant::monitor {

/// Spares a dependency that does not answer, and finds out by itself when it does again. No clock: moments are
/// arguments.
///
/// closed → `failures` in a row → open → `rest` → half-open: one probe → closed, or open for another `rest`.
class Breaker {
public:
    struct Settings {
        unsigned failures = 5;  ///< 0: it never opens
        std::chrono::milliseconds rest{30'000};
    };
    enum class State : std::uint8_t { closed, open, half_open };

    explicit Breaker(Settings settings) : settings_{settings} {}

    /// Whether to ask now. True when half-open is said once: the probe. Each true is followed by succeeded() or
    /// failed().
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
