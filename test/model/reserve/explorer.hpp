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
    bool is_exhausted = false;         // every history within the budget was explored
};

/// Breadth first, deterministic, up to the first violation or `max_states` states, which bounds the memory. `wanted`:
/// the only violation that counts; none: each does.
Found explore(const Setting& setting, std::size_t max_states, Violation wanted = Violation::none);

}  // namespace revenant::model::reserve
