#include "test/model/reserve/cases.hpp"

namespace revenant::model::reserve {

std::vector<Survey> surveys() {
    const Bounds small{.levels = 3};
    const Bounds exact{.ahead = 0, .levels = 3};
    const Bounds wide{.kinds = 2, .levels = 2, .rounds = 2};
    const Bounds old{.kinds = 2, .levels = 2, .from_old_store = true};
    const auto with = [](Bounds bounds, const Budget& budget) {
        bounds.budget = budget;
        return bounds;
    };
    return {
        {"power_cuts_and_failing_writes", with(small, {.cuts = 2, .failures = 1})},
        {"kill_power_cut_and_failing_write", with(small, {.kills = 1, .cuts = 1, .failures = 1})},
        {"four_levels_step_of_two", with({.step = 2}, {.kills = 1, .cuts = 1})},
        {"two_kinds_and_rounds", with(wide, {.cuts = 1, .failures = 1})},
        {"lost_slots", with(small, {.kills = 1, .cuts = 1, .losses = 1})},
        {"starts_without_keeper", with(small, {.kills = 2, .ignored = 1})},
        {"power_cut_without_keeper", with(small, {.kills = 1, .cuts = 1, .ignored = 1})},
        {"store_put_back", with(small, {.kills = 1, .cuts = 1, .losses = 1, .copies = 1})},
        {"clean_ends_and_set_level", with(small, {.cuts = 1, .failures = 1, .rests = 1, .set_levels = 1})},
        {"clean_end_then_stop", with(small, {.kills = 1, .stops = 1, .copies = 1, .rests = 1})},
        {"exact_marks_cuts_and_failures", with(exact, {.kills = 1, .cuts = 1, .failures = 1})},
        {"exact_marks_all_events", with(exact, {1, 0, 1, 0, 1, 1, 0, 0, 1})},
        {"upgrade_and_power_cuts", with(old, {.kills = 1, .cuts = 2})},
        {"upgrade_lost_slot_put_back", with(old, {.cuts = 1, .losses = 1, .copies = 1})},
        {"everything_once", with(small, {1, 1, 1, 1, 1, 1, 1, 1, 1})},
        {"everything_once_exact_marks", with(exact, {1, 1, 1, 1, 1, 1, 1, 1, 1})},
        {"everything_once_after_upgrade", with(old, {1, 1, 1, 1, 1, 1, 1, 1, 1})},
    };
}

}  // namespace revenant::model::reserve
