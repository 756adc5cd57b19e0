#pragma once

#include <vector>

#include "test/model/reserve/bounds.hpp"
#include "test/model/reserve/event.hpp"

namespace revenant::model::reserve {

/// A new store, or one of version 0.1.0, without a mark.
State first_state(const Bounds& bounds);

/// A quick answer without a copy of the state: false if apply() would say so in this phase.
bool may_happen(const State& state, const Event& event);

/// Applies an event. False if it cannot happen in this state; `state` is then undefined. The result is normalised.
bool apply(State& state, const Event& event, const Setting& setting);

/// Every event that may be possible within the bounds, in a fixed order. apply() decides.
std::vector<Event> candidates(const Bounds& bounds, const Rules& rules);

}  // namespace revenant::model::reserve
