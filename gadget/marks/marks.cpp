#include "gadget/marks/marks.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace revenant::gadget::keystore {
namespace {

constexpr auto last_round = std::numeric_limits<std::int32_t>::max();

auto position(const Mark& mark) {
    return std::pair{mark.level, mark.round};
}

Mark higher(const Mark& one, const Mark& other) {
    if (position(one) != position(other))
        return position(one) < position(other) ? other : one;
    if (one.has_hash && other.has_hash && one.hash == other.hash)
        return one;
    return {one.level, one.round, false, {}, std::max(one.bound, other.bound)};
}

}  // namespace

std::int64_t Marks::highest() const {
    const auto lower = [](const Mark& a, const Mark& b) { return a.level < b.level; };
    return std::max_element(kinds.begin(), kinds.end(), lower)->level;
}

Standing judge(const Marks& marks, const Operation& operation, const Hash32& hash) {
    if (operation.level > max_level)
        return Standing::out_of_bounds;
    const auto& last = marks.of(operation.kind);
    const auto asked = std::pair{operation.level, operation.round};
    if (asked == position(last))
        return last.has_hash && last.hash == hash ? Standing::repeats : Standing::stale;
    if (asked < position(last))
        return Standing::stale;
    return jump(marks, operation.level) > marks.budget ? Standing::over_budget : Standing::advances;
}

std::int64_t jump(const Marks& marks, std::int64_t level) {
    const auto highest = marks.highest();
    return highest < 0 ? 0 : std::max<std::int64_t>(0, level - highest);
}

Marks advanced(const Marks& marks, const Operation& operation, const Hash32& hash) {
    auto next = marks;
    next.of(operation.kind) = {operation.level, operation.round, true, hash};
    return next;
}

Marks raised(const Marks& marks, std::int32_t level) {
    auto next = marks;
    for (auto& mark : next.kinds)
        if (level > mark.level)
            mark = {level, 0, false, {}};
    return next;
}

Mark bound(std::int64_t level, Bound why) {
    const auto most = std::min<std::int64_t>(level, std::numeric_limits<std::int32_t>::max());
    return most < 0 ? Mark{} : Mark{static_cast<std::int32_t>(most), last_round, false, {}, why};
}

Marks bounded(std::int64_t level, std::uint32_t budget, Bound why) {
    Marks marks;
    marks.kinds.fill(bound(level, why));
    marks.budget = budget;
    return marks;
}

Marks higher(const Marks& one, const Marks& other) {
    Marks both;
    for (std::size_t kind = 0; kind < both.kinds.size(); ++kind)
        both.kinds[kind] = higher(one.kinds[kind], other.kinds[kind]);
    both.budget = std::min(one.budget, other.budget);
    return both;
}

Marks charged(Marks marks, std::int64_t levels) {
    marks.budget -= static_cast<std::uint32_t>(std::clamp<std::int64_t>(levels, 0, marks.budget));
    return marks;
}

bool is_bound(const Mark& mark) {
    return !mark.none() && mark.round == last_round && !mark.has_hash;
}

std::uint32_t Refill::at(std::uint32_t budget, Uptime now) const {
    const auto earned = now > since_ ? (now - since_) / rules_.refill : 0;
    return static_cast<std::uint32_t>(std::min<std::int64_t>(rules_.budget, budget + earned));
}

void Refill::settle(Uptime now) {
    if (now > since_)
        since_ = now - (now - since_) % rules_.refill;
}

}  // namespace revenant::gadget::keystore
