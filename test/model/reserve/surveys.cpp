#include "test/model/reserve/cases.hpp"

namespace revenant::model::reserve {

std::vector<Survey> surveys() {
    constexpr Budget once{1, 1, 1, 1, 1, 1, 1, 1, 1};
    const Bounds small{.levels = 3};
    const Bounds high{.step = 2, .levels = 6};
    const Bounds exact{.ahead = 0, .levels = 3};
    const Bounds wide{.kinds = 2, .levels = 2, .rounds = 2};
    const Bounds old{.kinds = 2, .levels = 2, .from_old_store = true};
    const auto with = [](Bounds bounds, const Budget& budget) {
        bounds.budget = budget;
        return bounds;
    };
    return {
        {"cuts_and_failures", with(small, {.cuts = 2, .failures = 2})},
        {"kills_cuts_and_failures", with(small, {.kills = 2, .cuts = 1, .failures = 1})},
        {"six_levels", with(high, {.kills = 1, .cuts = 1})},
        {"six_levels_lost_slots", with(high, {.cuts = 1, .failures = 1, .losses = 1})},
        {"two_kinds_and_rounds", with(wide, {.cuts = 1, .failures = 1})},
        {"two_kinds_and_rounds_kill", with(wide, {.kills = 1, .cuts = 1})},
        {"lost_slots", with(small, {.kills = 1, .cuts = 2, .losses = 2})},
        {"both_slots_lost", with(wide, {.kills = 1, .cuts = 1, .losses = 2})},
        {"starts_without_keeper", with(small, {.kills = 2, .cuts = 1, .ignored = 1})},
        {"put_back", with(small, {.kills = 1, .cuts = 1, .losses = 1, .copies = 1})},
        {"clean_ends_and_set_level", with(small, {.cuts = 1, .failures = 1, .rests = 1, .set_levels = 1})},
        {"clean_end_then_stop", with(small, {.kills = 1, .stops = 1, .copies = 1, .rests = 1})},
        {"changed_setting", with({.levels = 3, .changes_ahead = true}, {.kills = 2, .cuts = 1, .failures = 1})},
        {"changed_setting_without_keeper",
         with({.levels = 3, .changes_ahead = true}, {.kills = 2, .cuts = 1, .ignored = 1})},
        {"exact_marks", with(exact, {.kills = 1, .cuts = 1, .failures = 1})},
        {"exact_marks_put_back", with(exact, {.kills = 1, .cuts = 1, .losses = 1, .copies = 1, .set_levels = 1})},
        {"upgrade_and_cuts", with(old, {.kills = 1, .cuts = 2})},
        {"upgrade_put_back", with(old, {.cuts = 1, .losses = 1, .copies = 1})},
        {"upgrade_to_exact_marks", with({.ahead = 0, .kinds = 2, .levels = 2, .from_old_store = true}, {.cuts = 2})},
        {"all_once", with(small, once)},
        {"all_once_exact_marks", with(exact, once)},
        {"all_once_two_kinds", with(wide, once)},
        {"all_once_upgrade", with(old, once)},
    };
}

}  // namespace revenant::model::reserve
