#pragma once

#include "test/model/reserve/bounds.hpp"
#include "test/model/reserve/state.hpp"

/// Version 0.1.0: one durable write per signature, a ceiling for each kind, no page.
namespace revenant::model::reserve {

/// How the write of a request ends.
enum class OldWrite : std::uint8_t { released, cut, torn };

/// Raises the ceiling if the request needs it, otherwise writes the mark and signs.
bool old_sign(State& state, const Bounds& bounds, const Request& request, OldWrite end);
/// The new program is installed.
bool upgrade(State& state);

}  // namespace revenant::model::reserve
