#pragma once

namespace revenant::model::reserve {

/// The rules of the design, each of which a test removes. The tags name its groups of rules: F and P as in the design,
/// U for the upgrade.
struct Rules {
    bool reserve_needs_sync = true;                // F1: R counts when its write has returned, not when it has begun
    bool reserve_is_computed_at_begin = true;      // F1: R' is computed when its write begins, not when it is queued
    bool reserve_is_above_highest = true;          // F1: R' is w above the highest live level, not above R
    bool restate_before_use = true;                // F1: R of a slot found at opening does not count in this process
    bool lost_slot_distrusts_survivor = true;      // F2: with one slot unreadable, flag and R of the other say nothing
    bool ceiling_carries_reserve = true;           // F3: the write that raises a ceiling carries the standing R
    bool ceiling_is_raised_first = true;           // F3: no slot exceeds the ceiling of the slot that stays
    bool set_level_keeps_reserve = true;           // F4: while R stands, set_level writes no flag
    bool set_level_without_reserve_writes = true;  // F4: with no R, set_level is written, at rest
    bool runs_differ = true;                       // F5: a page counts as exact only for slots of its own run
    bool restate_fills_both_slots = true;       // F6: marks above the ceiling of the slot that stays are written twice
    bool rest_ends_reserve = true;              // P1: R is none from the moment when an at-rest write begins
    bool repeat_needs_reserve = true;           // P1: a repetition above R waits for a write
    bool page_counts_before_write = true;       // P2: the page holds the sequence before that slot write begins
    bool sequence_above_all_seen = true;        // P2: the next sequence is above page and slots
    bool adopter_spares_newest_copy = true;     // P2: the first page write goes to the other copy
    bool without_ahead_no_reserve = true;       // P3: with w = 0 no R stands
    bool lost_slot_keeps_higher_mark = true;    // P4: the higher of the mark and the ceiling, not the ceiling alone
    bool rest_ceiling_counts_marks = true;      // P4: at rest the ceiling is above the highest mark
    bool old_slot_has_lowest_ceiling = true;    // P5: the ceiling of a "marks 1" slot that stays is its lowest one
    bool upgrade_fills_both_slots = true;       // P5: nothing leaves before both slots have the new format
    bool old_survivor_bounds_each_kind = true;  // U1: a surviving "marks 1" slot bounds each kind by its own ceiling
    bool page_survives_clean_end = true;        // P6: lock keeps the page
    bool opening_reads_page = true;             // P6: every opening looks for the page
    bool rest_waits_for_jobs = true;            // P7: the flag's marks are those after the last job
    bool rebuild_takes_page = true;             // opening, last row: the higher of the given level and the page
    bool rebuild_covers_rounds = true;          // U2: a rebuilt mark refuses each round of the given level
    bool other_page_is_merged = true;           // opening, row 4: the higher of page and slots
    bool merge_forgets_other_hash = true;       // opening, row 4: two payloads at one position leave no hash
    bool page_gets_result = true;               // the page becomes valid with the result, never with raw marks
    bool page_before_release = true;            // the page holds the mark before the signature leaves
};

}  // namespace revenant::model::reserve
