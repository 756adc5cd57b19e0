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

bool Device::ask(const Request& request) {
    if (process().phase != Phase::open || process().waiting.level != 0 || process().goal == Goal::rest)
        return false;
    if (bounds_.ahead == 0 && process().goal != Goal::none)
        return false;  // requests for one file wait for its write in progress
    const auto& last = process().live.of[request.kind];
    const Mark asked{request.level, request.round, request.payload};
    const bool repeats = asked == last;
    if (!repeats && !last.is_below(asked))
        return false;
    auto& seen = state_.witness.at(request);
    seen = std::max<std::uint8_t>(seen, 1);
    state_.witness.highest_asked = std::max(state_.witness.highest_asked, request.level);
    const bool is_reserved = process().reserve >= request.level || (repeats && !rules_.repeat_needs_reserve);
    if (is_reserved && !rules_.page_before_release)
        release(request);
    if (!repeats) {
        process().live.of[request.kind] = asked;
        process().at_rest = false;
        if (!change_page())
            return true;
    }
    if (is_reserved && rules_.page_before_release)
        release(request);
    if (is_reserved)
        return true;
    process().waiting = request;
    if (process().goal == Goal::none)
        begin(Goal::sign);
    return true;
}

bool Device::set_level(Level level) {
    if (!is_idle())
        return false;
    const auto raised = Mark{level, 0, 0};
    const auto before = process().live;
    for (auto& mark : process().live.of)
        if (mark.is_below(raised) && mark.level < level)
            mark = raised;
    if (process().live == before)
        return false;
    state_.witness.highest_asked = std::max(state_.witness.highest_asked, level);
    process().at_rest = false;
    if (!change_page())
        return true;
    const bool is_reserved = process().reserve >= level && rules_.set_level_keeps_reserve;
    if (is_reserved || (process().reserve == 0 && !rules_.set_level_without_reserve_writes)) {
        acknowledge(level);
        return true;
    }
    process().waiting = {kinds, level, 0, 0};
    begin(Goal::set_level);
    return true;
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
