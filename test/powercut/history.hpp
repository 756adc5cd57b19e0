#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "test/powercut/life.hpp"

namespace revenant::powercut {

/// The moments of a random history of one card: several lives of a store, each of which ends, is killed, or loses its
/// power, at any step.
struct History {
    std::vector<Moment> moments;
    std::vector<std::vector<std::string>> logs;  // of each life
    std::vector<std::size_t> life_of;            // of each moment
};

/// Throws Violation when a life finds one.
History random_history(Random& random);

}  // namespace revenant::powercut
