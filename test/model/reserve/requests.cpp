#include "test/model/reserve/device.hpp"

/// Requests: judging, waiting for a write, release.
namespace revenant::model::reserve {
namespace {

bool is_set_level(const Request& request) {
    return request.kind == kinds;
}

}  // namespace

bool Device::is_idle() const {
    return process().phase == Phase::open && process().goal == Goal::none && process().waiting.level == 0;
}

/// One request waits at a time; what the reserve covers goes on beside it. With w = 0 requests wait for a running
/// write.
bool Device::admits(bool is_reserved) const {
    if (process().phase != Phase::open || process().goal == Goal::rest)
        return false;
    const bool must_wait = ahead() == 0 && process().goal != Goal::none;
    return !must_wait && (is_reserved || process().waiting.level == 0);
}

bool Device::ask(const Request& request) {
    const auto& last = process().live.of[request.kind];
    const Mark asked{request.level, request.round, request.payload};
    const bool repeats = asked == last;
    const bool is_exact = process().at_rest && process().written == 2;  // whichever slot is lost, the mark stays
    const bool is_reserved =
        process().reserve >= request.level || (repeats && (is_exact || !rules_.repeat_needs_reserve));
    if (!admits(is_reserved) || (!repeats && !last.is_below(asked)))
        return false;
    note_asked(request);
    if (is_reserved && !rules_.page_before_release)
        release(request);
    if (!repeats && !advance(request))
        return true;
    if (!is_reserved)
        wait(request);
    else if (rules_.page_before_release)
        release(request);
    return true;
}

void Device::note_asked(const Request& request) {
    auto& left = state_.witness.at(request);
    left = std::max<std::uint8_t>(left, 1);
    state_.witness.highest_asked = std::max(state_.witness.highest_asked, request.level);
}

/// False: the process was killed meanwhile.
bool Device::advance(const Request& request) {
    process().live.of[request.kind] = {request.level, request.round, request.payload};
    process().at_rest = false;
    return change_page();
}

void Device::wait(const Request& request) {
    process().waiting = request;
    if (process().goal == Goal::none)
        begin(is_set_level(request) ? Goal::set_level : Goal::sign);
}

bool Device::set_level(Level level) {
    const bool is_covered = process().reserve >= level && rules_.set_level_keeps_reserve;
    const bool is_reserved = is_covered || (process().reserve == 0 && !rules_.set_level_without_reserve_writes);
    if (!admits(is_reserved) || !raise(level))
        return false;
    state_.witness.highest_asked = std::max(state_.witness.highest_asked, level);
    process().at_rest = false;
    if (!change_page())
        return true;
    if (is_reserved)
        acknowledge(level);
    else
        wait({kinds, level, 0, 0});
    return true;
}

/// False: no mark is below this level.
bool Device::raise(Level level) {
    bool is_raised = false;
    for (auto& mark : process().live.of)
        if (mark.level < level) {
            mark = {level, 0, 0};
            is_raised = true;
        }
    return is_raised;
}

/// After a successful write: what waited for it leaves, or needs a further write.
void Device::serve_waiting() {
    const auto request = process().waiting;
    if (request.level == 0)
        return;
    const bool exact = process().at_rest;
    if (process().reserve < request.level && !exact)
        return begin(is_set_level(request) ? Goal::set_level : Goal::sign);
    process().waiting = {};
    if (is_set_level(request))
        acknowledge(request.level);
    else
        release(request);
}

void Device::release(const Request& request) {
    auto& left = state_.witness.at(request);
    const auto other = request.payload == 1 ? 3 : 2;
    if (left == other)
        state_.violation = Violation::signed_twice;
    else
        left = static_cast<std::uint8_t>(request.payload + 1);
    if (Mark{request.level, request.round, 0}.is_below(Mark{state_.witness.acknowledged, 0, 0}))
        state_.violation = Violation::signed_below_set_level;
}

void Device::acknowledge(Level level) {
    state_.witness.acknowledged = std::max(state_.witness.acknowledged, level);
}

}  // namespace revenant::model::reserve
