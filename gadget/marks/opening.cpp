#include "gadget/marks/opening.hpp"

#include <algorithm>

namespace revenant::gadget::keystore {
namespace {

/// F2: the flag and the reserve of the survivor say nothing, since the lost slot may have been newer. P4: the higher of
/// its mark and its ceiling. U1: a slot of version 0.1.0 bounds each kind by the ceiling of that kind.
Marks of_survivor(const Slot& survivor) {
    Marks ceilings;
    ceilings.budget = survivor.marks.budget;
    for (std::size_t kind = 0; kind < ceilings.kinds.size(); ++kind)
        ceilings.kinds[kind] = bound(survivor.ceilings[kind], Bound::lost_slot);
    const auto marks = higher(survivor.marks, ceilings);
    const auto covered = survivor.covered();
    return covered < 0 ? marks : charged(marks, marks.highest() - covered);
}

/// Of the newest slot when both are readable.
Marks of_newest(const Slot& slot) {
    return slot.at_rest() ? slot.marks : bounded(slot.reserve, slot.marks.budget, Bound::reserve);
}

}  // namespace

std::optional<Opening> opening_of(const std::optional<LivePage::State>& page, const Slots& slots) {
    if (!slots[0] && !slots[1])
        return {};
    const bool both = slots[0] && slots[1];
    const bool second_is_newest = slots[1] && (!slots[0] || slots[1]->stamp.sequence > slots[0]->stamp.sequence);
    const unsigned newest = second_is_newest ? 1 : 0;
    const auto& slot = *slots[newest];

    Opening found;
    found.marks = both ? of_newest(slot) : of_survivor(slot);
    found.newest = {slot.stamp.sequence, 0};
    if (page) {
        // P2: the next sequence is above all that were seen. F5: only the page of the same run continues this history;
        // sequences of two runs cannot be compared.
        found.newest.sequence = std::max(slot.stamp.sequence, page->stamp.sequence);
        const bool continues = page->stamp.run == slot.stamp.run && page->stamp.sequence >= slot.stamp.sequence;
        found.marks = continues ? page->marks : higher(found.marks, page->marks);
        found.newest.run = continues ? page->stamp.run : 0;
    }
    // The newest slot may be in the page cache only (its writer was killed, or got an error), while the other was on
    // the medium before the newest was begun: so the newest is written again in its own place. An unreadable one first.
    found.target = both ? newest : 1 - newest;
    const auto& stays = *slots[both ? 1 - newest : newest];
    found.stay_ceiling = stays.lowest_ceiling();
    // F6: marks above the ceiling of the slot that stays are written into both. P5: so is everything while a slot of
    // version 0.1.0 is left.
    const bool twice = stays.is_old() || found.marks.highest() > found.stay_ceiling;
    found.restates = twice ? 2 : 1;
    return found;
}

}  // namespace revenant::gadget::keystore
