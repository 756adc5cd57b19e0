#include "test/model/reserve/device.hpp"

/// Writes into the page and into the slots: ahead, first use, set_level, at rest.
namespace revenant::model::reserve {

bool Device::change_page() {
    return change_page(state_.page.older_at());
}

/// Writes the live marks and the next sequence into a copy. False: the process was killed meanwhile.
bool Device::change_page(std::size_t position) {
    ++process().stamp.sequence;
    if (!process().paged)
        return true;
    auto& copy = state_.page.copies[position];
    torn_ = ++page_writes_ == tear_;
    copy = torn_ ? Page::Copy{} : Page::Copy{process().stamp, process().live};
    return !torn_;
}

bool Device::write_ahead() {
    if (process().phase != Phase::open || process().goal != Goal::none || process().reserve == 0)
        return false;
    const bool is_enough = process().reserve - process().live.highest() > ahead() / 2;
    if (ahead() == 0 || (is_enough && !is_queued(Goal::ahead)))
        return false;
    begin(Goal::ahead);
    return true;
}

/// A clean end: nothing is admitted any more, and what ran has ended.
bool Device::rest() {
    if (!is_idle() || process().at_rest)
        return false;
    begin(Goal::rest);
    return true;
}

/// Without rules of the order: the contents of a write are taken now, and the write waits behind others.
bool Device::snapshot() {
    if (process().phase != Phase::open || process().has_snapshot)
        return false;
    process().has_snapshot = true;
    process().snapshot = process().live;
    return true;
}

bool Device::is_queued(Goal goal) const {
    const bool rests = goal == Goal::rest && !rules_.rest_waits_for_jobs;
    const bool is_ahead = goal == Goal::ahead && !rules_.reserve_is_computed_at_begin;
    return process().has_snapshot && (rests || is_ahead);
}

/// Whether a write of this goal holds a reserve; otherwise it is at rest.
bool Device::reserves(Goal goal) const {
    if (ahead() == 0 || goal == Goal::rest)
        return false;
    const bool keeps = goal != Goal::set_level || rules_.set_level_keeps_reserve;
    return (process().reserve > 0 && keeps) || goal == Goal::sign || goal == Goal::ahead;
}

Slot Device::contents(Goal goal) const {
    Slot next;
    next.format = 2;
    next.marks = is_queued(goal) ? process().snapshot : process().live;
    next.at_rest = !reserves(goal);
    const auto highest = next.marks.highest();
    const auto from = rules_.reserve_is_above_highest ? highest : std::max(highest, process().reserve);
    if (!next.at_rest)
        next.reserve = static_cast<Level>(from + ahead());
    if (!next.at_rest && !is_queued(goal))
        next.reserve = std::max(next.reserve, process().reserve);
    const auto covered = rules_.rest_ceiling_counts_marks ? std::max(next.reserve, highest) : next.reserve;
    if (covered > 0)  // a file without a mark has no ceiling: the first signature may be at any level
        next.ceiling.fill(static_cast<Level>(covered + bounds_.step));
    return next;
}

/// The write before `next`: the same ceiling, with the R that stands.
Slot Device::raised(const Slot& next) const {
    Slot first = next;
    first.reserve = rules_.ceiling_carries_reserve && ahead() > 0 ? process().reserve : Level{0};
    first.at_rest = first.reserve == 0;
    return first;
}

bool Device::exceeds_stay(const Slot& next) const {
    return std::max(next.reserve, next.marks.highest()) > process().stay_ceiling;
}

/// Begins a write; its bytes are in the page cache from now on.
void Device::begin(Goal goal) {
    auto& cell = state_.disk[process().target];
    auto next = contents(goal);
    process().raising = goal != Goal::restate && rules_.ceiling_is_raised_first && exceeds_stay(next);
    if (process().raising)
        next = raised(next);
    if (rules_.page_counts_before_write) {
        if (!change_page())
            return;
    } else {
        ++process().stamp.sequence;
    }
    next.stamp = process().stamp;
    process().goal = goal;
    process().at_rest = false;
    process().before = cell.cache;
    cell.cache = next;
    const bool ends_reserve = goal == Goal::rest && !process().raising && rules_.rest_ends_reserve;
    if (ends_reserve)
        process().reserve = 0;
    if (!rules_.reserve_needs_sync && next.reserve > 0)
        process().reserve = next.reserve;
}

bool Device::write_succeeds() {
    if (process().goal == Goal::none)
        return false;
    auto& cell = state_.disk[process().target];
    cell.sync();
    process().written = std::min<std::uint8_t>(process().written + 1, 2);
    process().stay_ceiling = cell.cache.lowest_ceiling();
    process().target = 1 - process().target;
    process().before = {};
    if (process().raising)
        begin(process().goal);
    else
        finish();
    return true;
}

void Device::finish() {
    const auto& written = state_.disk[1 - process().target].cache;
    const auto goal = process().goal;
    process().goal = Goal::none;
    if (goal == Goal::restate)
        return restated();
    const bool is_exact = written.at_rest && written.marks == process().live;
    process().at_rest = written.at_rest && (is_exact || goal == Goal::rest);
    if (written.reserve > 0)
        process().reserve = written.reserve;
    if (ahead() == 0 && !rules_.without_ahead_no_reserve)
        process().reserve = process().live.highest();
    if (is_queued(goal)) {
        process().has_snapshot = false;
        process().snapshot = {};
    }
    if (goal == Goal::rest)
        rested();
    serve_waiting();
}

/// The end was clean.
void Device::rested() {
    if (rules_.page_survives_clean_end)
        return;
    state_.page = {};
    process().paged = false;
}

bool Device::write_fails(Left left) {
    if (process().goal == Goal::none)
        return false;
    auto& cell = state_.disk[process().target];
    if (left == Left::nothing)
        cell.cache = process().before;
    else
        cell.fail(left);
    process().goal = Goal::none;
    process().raising = false;
    process().before = {};
    process().waiting = {};
    return true;
}

}  // namespace revenant::model::reserve
