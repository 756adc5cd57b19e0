#include <algorithm>

#include "gadget/marks/watermark.hpp"

/// The writes of Watermark, into the page and into the slots.
namespace revenant::gadget::keystore {

/// The marks that were found, or those of a slot of an older format, are written before anything leaves.
Outcome Watermark::ensure_restated() {
    for (;;) {
        {
            const std::scoped_lock hold{state_lock_};
            if (restates_ == 0)
                return {};
        }
        if (auto failed = write(Goal::restate))
            return failed;
    }
}

/// One write, or two when a ceiling must be raised first.
Outcome Watermark::write(Goal goal) {
    for (;;) {
        const auto begun = begin(goal);
        if (const auto error = file_->write(begun.slot))
            return unwritten(goal, error);
        if (finish(goal, begun))
            return {};
    }
}

/// F1, P7: what a write holds is taken when it begins, with everything that was signed until then.
Watermark::Begun Watermark::begin(Goal goal) {
    const std::scoped_lock hold{state_lock_};
    Begun begun{slot_of(live_, reserve_for(goal)), false};
    if (goal != Goal::restate && begun.slot.covered() > stay_ceiling_)  // F3; F6: restating writes both slots instead
        begun = {raising(begun.slot, live_, reserve_), true};
    count_change();  // P2: the page holds the sequence before the write begins
    begun.slot.stamp = stamp_;
    at_rest_ = false;
    if (goal == Goal::rest && !begun.raises)
        reserve_ = no_level;  // P1: whether it succeeds or not
    return begun;
}

/// After a successful write. False: it raised the ceiling only.
bool Watermark::finish(Goal goal, const Begun& begun) {
    const std::scoped_lock hold{state_lock_};
    ++written_;
    stay_ceiling_ = begun.slot.lowest_ceiling();
    if (begun.raises)
        return false;
    if (goal == Goal::restate)
        --restates_;
    if (!begun.slot.at_rest())
        reserve_ = begun.slot.reserve;
    at_rest_ = begun.slot.at_rest() && begun.slot.marks == live_;
    return true;
}

/// F1: above the highest mark and never below the reserve that stands. P3: without reserve levels each write is at
/// rest. F4: while a reserve stands, only the end of the process writes at rest.
std::int64_t Watermark::reserve_for(Goal goal) const {
    const bool is_first = goal == Goal::sign || goal == Goal::ahead;
    const bool reserves = is_first || (goal == Goal::set_level && reserve_ != no_level);
    if (rules_.reserve_levels == 0 || !reserves)
        return no_level;
    return std::max(live_.highest() + rules_.reserve_levels, reserve_);
}

/// The newest slot holds the marks, and the other slot bounds them as this process wrote it: a slot that was only found
/// may be in the page cache alone.
bool Watermark::is_exact() const {
    return at_rest_ && written_ >= 2;
}

bool Watermark::is_near_reserve() const {
    return reserve_ != no_level && reserve_ - live_.highest() <= rules_.reserve_levels / 2;
}

void Watermark::change(const Marks& marks) {
    live_ = marks;
    at_rest_ = false;
    count_change();
}

void Watermark::count_change() {
    ++stamp_.sequence;
    if (page_)
        page_->write({stamp_, live_});
}

}  // namespace revenant::gadget::keystore
