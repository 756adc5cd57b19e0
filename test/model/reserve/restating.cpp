#include "test/model/reserve/device.hpp"

/// Opening: the marks that were found become those of the process, of the page and of the slots.
namespace revenant::model::reserve {

bool Device::open(bool with_keeper, bool with_ahead) {
    if (process().phase != Phase::dead || !can_open(state_.disk))
        return false;
    const auto found =
        reserve::open(state_.disk, with_keeper && rules_.opening_reads_page ? state_.page : Page{}, rules_);
    const auto run = found.same_run ? state_.page.newest().stamp.run : fresh_run(state_);
    process().phase = Phase::restating;
    process().paged = with_keeper;
    process().without_ahead = !with_ahead;
    process().target = found.newest;
    process().live = found.marks;
    process().stamp = {found.sequence, run};
    const auto& stay = state_.disk[1 - found.newest].cache;
    process().stay_ceiling = rules_.old_slot_has_lowest_ceiling ? stay.lowest_ceiling() : stay.highest_ceiling();
    process().restates = needs_second_restate(found) ? 2 : 1;
    if (!publish(state_.disk[found.newest].cache))
        return true;
    state_.page_is_current = process().paged;
    if (rules_.restate_before_use)
        begin(Goal::restate);
    else
        restated();
    return true;
}

/// The page becomes valid with the marks of the opening. False: the process was killed meanwhile.
bool Device::publish(const Slot& newest) {
    auto& page = state_.page;
    if (!rules_.page_gets_result && process().paged && !page.valid())
        page.copies[0] = {newest.stamp, newest.marks};
    if (!rules_.restate_before_use)
        process().reserve = newest.reserve;
    return change_page(rules_.adopter_spares_newest_copy ? page.older_at() : page.newest_at());
}

bool Device::needs_second_restate(const Opened& found) const {
    const auto& stay = state_.disk[1 - found.newest].cache;
    if (stay.format == 1 && rules_.upgrade_fills_both_slots)
        return true;
    return rules_.restate_fills_both_slots && found.marks.highest() > process().stay_ceiling;
}

bool Device::retry() {
    if (process().phase != Phase::restating || process().goal != Goal::none)
        return false;
    begin(Goal::restate);
    return true;
}

void Device::restated() {
    if (rules_.restate_before_use && --process().restates > 0)
        return begin(Goal::restate);
    process().phase = Phase::open;
    process().at_rest = rules_.restate_before_use;
    state_.page_needed = false;
}

}  // namespace revenant::model::reserve
