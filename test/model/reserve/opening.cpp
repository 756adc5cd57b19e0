#include "test/model/reserve/opening.hpp"

namespace revenant::model::reserve {
namespace {

bool both_readable(const Disk& disk) {
    return disk[0].cache.readable() && disk[1].cache.readable();
}

std::uint8_t newest_at(const Disk& disk) {
    return disk[1].cache.stamp.sequence > disk[0].cache.stamp.sequence ? 1 : 0;
}

Marks reserved(Level level) {
    return {{bound(level), bound(level)}};
}

Marks of_newest(const Slot& slot) {
    return slot.at_rest ? slot.marks : reserved(slot.reserve);
}

/// The ceiling that bounds the lost slot, per kind. A slot of version 0.1.0 has one for each kind.
Marks of_survivor(const Slot& slot, const Rules& rules) {
    Marks bounds;
    for (std::size_t kind = 0; kind < kinds; ++kind)
        bounds.of[kind] = bound(rules.old_survivor_bounds_each_kind ? slot.ceiling[kind] : slot.lowest_ceiling());
    return rules.lost_slot_keeps_higher_mark ? higher(slot.marks, bounds) : bounds;
}

Marks of_slots(const Disk& disk, const Rules& rules) {
    const auto& newest = disk[newest_at(disk)].cache;
    if (both_readable(disk) || !rules.lost_slot_distrusts_survivor)
        return of_newest(newest);
    return of_survivor(newest, rules);
}

Marks merged(const Marks& slots, const Marks& page, const Rules& rules) {
    auto marks = higher(slots, page);
    for (std::size_t kind = 0; kind < kinds && !rules.merge_forgets_other_hash; ++kind)
        if (!page.of[kind].is_below(slots.of[kind]))
            marks.of[kind] = page.of[kind];
    return marks;
}

}  // namespace

bool can_open(const Disk& disk) {
    return disk[0].cache.readable() || disk[1].cache.readable();
}

Opened open(const Disk& disk, const Page& page, const Rules& rules) {
    const auto newest = newest_at(disk);
    const auto& slot = disk[newest].cache.stamp;
    const auto& kept = page.newest();
    Opened found;
    found.newest = both_readable(disk) ? newest : 1 - newest;
    found.sequence = slot.sequence;
    found.marks = of_slots(disk, rules);
    if (!page.valid())
        return found;
    found.sequence = rules.sequence_above_all_seen ? std::max(slot.sequence, kept.stamp.sequence) : kept.stamp.sequence;
    found.same_run = (kept.stamp.run == slot.run || !rules.runs_differ) && kept.stamp.sequence >= slot.sequence;
    if (found.same_run)
        found.marks = kept.marks;
    else if (rules.other_page_is_merged)
        found.marks = merged(found.marks, kept.marks, rules);
    return found;
}

}  // namespace revenant::model::reserve
