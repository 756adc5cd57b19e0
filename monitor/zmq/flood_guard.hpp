#pragma once

#include <functional>
#include <string>
#include <vector>

#include "common/async/asio.hpp"
#include "monitor/health/health.hpp"
#include "monitor/zmq/intake.hpp"

namespace revenant::monitor {

/// Disconnects all brokers before one that never ends a message fills the memory. One thread.
class FloodGuard {
public:
    /// `brokers`: "tcp://127.0.0.1:5555". `reset`: closes all ZeroMQ sockets.
    FloodGuard(std::vector<std::string> brokers, std::function<void()> reset)
        : brokers_{std::move(brokers)}, reset_{std::move(reset)} {}

    /// Checks memory use a hundred times a second, until cancelled.
    awaitable<void> run();
    /// Sets the current byte counts as the baseline. Call it periodically, so that normal traffic does not add up.
    void reset_baseline() { intake_ = intake_now(); }

    [[nodiscard]] std::uint64_t floods() const { return floods_; }
    /// Describes the last flood; empty if it was more than 60 s ago.
    [[nodiscard]] std::string news() const;

private:
    [[nodiscard]] std::string culprit() const;

    std::vector<std::string> brokers_;
    std::function<void()> reset_;
    Intake intake_;
    std::uint64_t floods_ = 0;
    Moment last_{};
    std::string text_;
};

}  // namespace revenant::monitor
