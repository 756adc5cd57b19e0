#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "gadget/marks/live_page.hpp"
#include "gadget/marks/slot.hpp"

namespace revenant::gadget::keystore {

/// By position; empty: unreadable.
using Slots = std::array<std::optional<Slot>, 2>;

/// What is known of a key on a chain when its file is opened. Nothing may leave before the marks are on the page, and
/// then in the slots: `restates` writes at rest, the first into the slot at `target`, the second into the other one.
struct Opening {
    Marks marks;
    Stamp newest;         // the highest sequence that was seen; run 0: draw a new one
    unsigned target = 0;  // the slot to write first
    unsigned restates = 1;
    std::int64_t stay_ceiling = no_level;  // of the slot that stays during that write
};

/// A pure function of what was found. `page`: the newest copy of this key and chain. Nothing when both slots are
/// unreadable.
std::optional<Opening> opening_of(const std::optional<LivePage::State>& page, const Slots& slots);

}  // namespace revenant::gadget::keystore
