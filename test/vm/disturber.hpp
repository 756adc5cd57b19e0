#pragma once

#include <chrono>
#include <random>
#include <string>
#include <vector>

#include "test/support/suite/harness.hpp"

namespace revenant::test {

/// Log of disturbances of cable and programs. Between them the cable is in and each program is running or starting.
class Troubles {
public:
    using Clock = std::chrono::steady_clock;

    void add(std::string what, Clock::time_point begin, Clock::time_point end);
    [[nodiscard]] std::size_t count() const { return all_.size(); }
    /// The longest undisturbed time within the interval.
    [[nodiscard]] milliseconds max_calm(Clock::time_point begin, Clock::time_point end) const;
    /// Number of each kind, as text.
    [[nodiscard]] std::string text() const;
    /// Disturbances within the interval, one per line, with times relative to `begin`.
    [[nodiscard]] std::string around(Clock::time_point begin, Clock::time_point end) const;

private:
    struct Trouble {
        std::string what;
        Clock::time_point begin, end;
    };
    std::vector<Trouble> all_;
};

/// Random disturbances: unplugs the cable for up to 4 s, resets the bus, unbinds the function, kills the gadget or the
/// registrar. One thread.
class Disturber {
public:
    Disturber(Suite& suite, unsigned seed) : suite_{suite}, random_{seed} {}

    /// Random time before the next disturbance.
    milliseconds pause();
    /// Runs one; returns when the cable is in again or the program was restarted.
    void disturb();
    [[nodiscard]] const Troubles& history() const { return history_; }

private:
    std::string one(unsigned kind);
    void pull();
    milliseconds between(milliseconds least, milliseconds most);

    Suite& suite_;
    std::mt19937 random_;
    Troubles history_;
};

}  // namespace revenant::test
