#pragma once

#include "test/model/reserve/bounds.hpp"
#include "test/model/reserve/state.hpp"

/// What happens to the device from outside. Each checks that it is possible and within the budget; false: it is not.
namespace revenant::model::reserve {

bool kill(State& state, const Budget& budget);
bool stop(State& state, const Budget& budget);
bool cut(State& state, const Budget& budget, Cut first, Cut second);
bool flush(State& state, std::size_t slot);
bool lose(State& state, const Budget& budget, std::size_t slot);
bool copy_store(State& state, const Budget& budget);
bool put_back(State& state);
/// To be called before an opening: what a start without a keeper of memory costs.
bool start_without_keeper(State& state, const Budget& budget);

}  // namespace revenant::model::reserve
