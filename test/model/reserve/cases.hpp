#pragma once

#include <ostream>
#include <string_view>
#include <vector>

#include "test/model/reserve/bounds.hpp"
#include "test/model/reserve/state.hpp"

namespace revenant::model::reserve {

/// Rules whose removal must be seen to break the design.
struct Removal {
    std::string_view name;
    std::vector<bool Rules::*> rules;
    Bounds bounds;
    Violation violation;
    friend void PrintTo(const Removal& removal, std::ostream* out) { *out << removal.name; }
};

/// Histories that the complete design must survive.
struct Survey {
    std::string_view name;
    Bounds bounds;
    friend void PrintTo(const Survey& survey, std::ostream* out) { *out << survey.name; }
};

std::vector<Removal> removals();
std::vector<Survey> surveys();

}  // namespace revenant::model::reserve
