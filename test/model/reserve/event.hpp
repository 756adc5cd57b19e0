#pragma once

#include <cstdint>
#include <string>

#include "test/model/reserve/state.hpp"

namespace revenant::model::reserve {

enum class Sort : std::uint8_t {
    old_sign,
    upgrade,
    open,
    rebuild,
    ask,
    set_level,
    ahead,
    rest,
    snapshot,
    retry,
    succeed,
    fail,
    kill,
    stop,
    cut,
    flush,
    lose,
    copy,
    put_back
};

struct Event {
    Sort sort{};
    Request request{};        // of ask, set_level and old_sign
    std::uint8_t choice = 0;  // Left, without keeper + 2 * without w, slot, or Cut of slot 0 + 3 * Cut of slot 1
    std::uint8_t tear = 0;    // the process is killed during this page write of the event; 0: it is not
};

/// One line in plain words: the event and what it changed.
std::string describe(const Event& event, const State& before, const State& after);

}  // namespace revenant::model::reserve
