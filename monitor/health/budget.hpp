#pragma once

#include "monitor/health/health.hpp"

namespace revenant::monitor {

/// Limits how much of the monitor's time one peer can use: a token bucket. No clock: times are arguments.
class Budget {
public:
    /// `most`: what can be spent at once; `per_second`: the refill.
    Budget(double most, double per_second) : most_{most}, per_second_{per_second}, left_{most} {}

    /// Spends `cost`, which may exceed the rest. Returns false, and spends nothing, if nothing is left.
    bool spend(double cost, Moment now);
    /// When something is left again: `now`, or later.
    [[nodiscard]] Moment free_at(Moment now) const;

private:
    [[nodiscard]] double left_at(Moment now) const;

    double most_, per_second_, left_;
    Moment at_{};  ///< of `left_`
};

}  // namespace revenant::monitor
