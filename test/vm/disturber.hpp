#pragma once

#include <chrono>
#include <random>
#include <string>
#include <vector>

#include "test/support/suite/harness.hpp"

namespace revenant::test {

/// What was done to the cable and the programs, and when. In between the cable is in, and every program is running or
/// on its way up.
class Troubles {
public:
    using Clock = std::chrono::steady_clock;

    void add(std::string what, Clock::time_point begin, Clock::time_point end);
    [[nodiscard]] std::size_t count() const { return all_.size(); }
    /// The longest time between two of them, or to an end of the interval.
    [[nodiscard]] milliseconds max_calm(Clock::time_point begin, Clock::time_point end) const;
    /// How many of each kind, in words.
    [[nodiscard]] std::string text() const;
    /// Those within an interval, a line each with the time after its begin.
    [[nodiscard]] std::string around(Clock::time_point begin, Clock::time_point end) const;

private:
    struct Trouble {
        std::string what;
        Clock::time_point begin, end;
    };
    std::vector<Trouble> all_;
};

/// Pulls the cable for up to four seconds, resets the bus, kills the gadget or the registrar; which, how long
/// and when is random. The programs are the suite's, the cable is this machine's. One thread.
class Disturber {
public:
    Disturber(Suite& suite, unsigned seed) : suite_{suite}, random_{seed} {}

    /// How long there is to be calm before the next.
    milliseconds pause();
    /// Does one; returns when the cable is in again, or the program was started again.
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
