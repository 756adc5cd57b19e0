#include "test/model/reserve/old_program.hpp"

namespace revenant::model::reserve {
namespace {

bool exceeds(const Slot& next, const Slot& stay) {
    for (std::size_t kind = 0; kind < kinds; ++kind)
        if (next.marks.of[kind].level > stay.ceiling[kind])
            return true;
    return false;
}

}  // namespace

bool old_sign(State& state, const Bounds& bounds, const Request& request, OldWrite end) {
    if (!state.old_program || !state.disk[0].cache.readable() || !state.disk[1].cache.readable())
        return false;
    if (end != OldWrite::released && state.spent.cuts++ >= bounds.budget.cuts)
        return false;
    const unsigned newest = state.disk[1].cache.stamp.sequence > state.disk[0].cache.stamp.sequence ? 1 : 0;
    const auto& now = state.disk[newest].cache;
    const Mark asked{request.level, request.round, request.payload};
    if (!now.marks.of[request.kind].is_below(asked))
        return false;
    state.has_copy = false;
    state.copy = {};
    auto& left = state.witness.at(request);
    left = std::max<std::uint8_t>(left, 1);
    state.witness.highest_asked = std::max(state.witness.highest_asked, request.level);
    auto next = now;
    ++next.stamp.sequence;
    next.marks.of[request.kind] = asked;
    next.ceiling[request.kind] = std::max(next.ceiling[request.kind], static_cast<Level>(request.level + bounds.step));
    const bool only_raises = exceeds(next, now);
    if (only_raises)
        next.marks = now.marks;
    auto& cell = state.disk[1 - newest];
    cell.cache = next;
    cell.sync();
    if (end == OldWrite::torn) {
        cell.lose();
        ++state.spent.lossy;
    }
    if (end == OldWrite::released && !only_raises)
        left = static_cast<std::uint8_t>(request.payload + 1);
    return true;
}

bool upgrade(State& state) {
    if (!state.old_program)
        return false;
    state.old_program = false;
    const auto& slots = state.disk;
    const unsigned newest = slots[1].cache.stamp.sequence > slots[0].cache.stamp.sequence ? 1 : 0;
    state.witness.must_be_exact = state.witness.exact_on_card = slots[0].cache.readable() && slots[1].cache.readable();
    state.witness.exact = slots[newest].cache.marks;
    return true;
}

}  // namespace revenant::model::reserve
