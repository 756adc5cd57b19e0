#include "test/model/reserve/device.hpp"

/// Both slots are lost: an operator with the passphrase gives the highest level that the key has signed.
namespace revenant::model::reserve {
namespace {

Level highest_signed(const Witness& witness) {
    Level highest = 0;
    for (const auto& kind : witness.left)
        for (std::size_t level = 0; level < levels; ++level)
            if (*std::max_element(kind[level].begin(), kind[level].end()) > 1)
                highest = std::max(highest, static_cast<Level>(level + 1));
    return highest;
}

}  // namespace

Marks Device::rebuilt(Level level) const {
    const auto mark = rules_.rebuild_covers_rounds ? bound(level) : Mark{level, 0, 0};
    const Marks given{{mark, mark}};
    return rules_.rebuild_takes_page ? higher(given, state_.page.newest().marks) : given;
}

bool Device::rebuild(bool is_too_low) {
    if (process().phase != Phase::dead || can_open(state_.disk) || (is_too_low && !state_.page_is_current))
        return false;
    const auto honest = std::max(highest_signed(state_.witness), state_.witness.acknowledged);
    process().phase = Phase::open;
    process().paged = true;
    process().live = rebuilt(is_too_low ? Level{0} : honest);
    process().stamp = {state_.page.newest().stamp.sequence, fresh_run(state_)};
    if (!change_page() || !change_page())
        return true;
    state_.page_is_current = true;
    auto fresh = contents(Goal::restate);
    for (auto& cell : state_.disk) {
        ++process().stamp.sequence;
        fresh.stamp = process().stamp;
        cell = {fresh, fresh};
    }
    process().stay_ceiling = fresh.lowest_ceiling();
    process().at_rest = true;
    process().written = 2;
    state_.page_needed = false;
    return true;
}

}  // namespace revenant::model::reserve
