#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "test/model/reserve/bounds.hpp"
#include "test/model/reserve/state.hpp"

namespace revenant::model::reserve {

struct Found {
    Violation violation = Violation::none;
    std::vector<std::string> trace{};  // a shortest history to the violation, one line per event
    std::size_t states = 0;            // different states that were reached
    bool is_exhausted = false;         // no history within the budget is longer than the depth
};

/// Breadth first, deterministic, up to the depth of the bounds or the first violation. Also ends after `max_states`
/// states, to bound the memory; then `is_exhausted` is false.
Found explore(const Setting& setting, std::size_t max_states);

}  // namespace revenant::model::reserve
