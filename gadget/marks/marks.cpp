#include "gadget/marks/marks.hpp"

#include <algorithm>
#include <limits>
#include <tuple>

namespace revenant::gadget::keystore {
namespace {

constexpr auto last_round = std::numeric_limits<std::int32_t>::max();

std::size_t put(std::span<std::uint8_t> into, std::size_t at, std::uint64_t value, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i)
        into[at + i] = static_cast<std::uint8_t>(value >> (8 * i));
    return at + size;
}

std::uint64_t take(std::span<const std::uint8_t> from, std::size_t& at, std::size_t size) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i)
        value |= std::uint64_t{from[at + i]} << (8 * i);
    at += size;
    return value;
}

void place(Guard& guard, const Mark& mark) {
    guard.mark = mark;
    guard.ceiling = std::max(guard.ceiling, mark.level + ceiling_step);
}

}  // namespace

std::int64_t Marks::highest() const {
    const auto lower = [](const Guard& a, const Guard& b) { return a.mark.level < b.mark.level; };
    return std::max_element(guards.begin(), guards.end(), lower)->mark.level;
}

Standing judge(const Marks& marks, const Operation& operation, const Hash32& hash) {
    if (operation.level > max_level)
        return Standing::out_of_bounds;
    const auto& last = marks.of(operation.kind).mark;
    const auto asked = std::tie(operation.level, operation.round);
    const auto signed_last = std::tie(last.level, last.round);
    if (asked == signed_last)
        return last.has_hash && last.hash == hash ? Standing::repeats : Standing::stale;
    if (asked < signed_last)
        return Standing::stale;
    return jump(marks, operation.level) > marks.budget ? Standing::over_budget : Standing::advances;
}

std::int64_t jump(const Marks& marks, std::int64_t level) {
    const auto highest = marks.highest();
    return highest < 0 ? 0 : std::max<std::int64_t>(0, level - highest);
}

Marks advanced(const Marks& marks, const Operation& operation, const Hash32& hash) {
    auto next = marks;
    place(next.of(operation.kind), {operation.level, operation.round, true, hash});
    return next;
}

Marks raised(const Marks& marks, std::int32_t level) {
    auto next = marks;
    for (auto& guard : next.guards)
        if (level > guard.mark.level)
            place(guard, {level, 0, false, {}});
    return next;
}

Marks bounded(std::int32_t level, std::uint32_t budget) {
    Marks marks;
    marks.budget = budget;
    for (auto& guard : marks.guards)
        place(guard, {level, last_round, false, {}});
    return marks;
}

Marks charged(Marks marks, std::int64_t levels) {
    marks.budget -= static_cast<std::uint32_t>(std::min<std::int64_t>(levels, marks.budget));
    return marks;
}

bool exceeds_ceiling(const Marks& now, const Marks& next) {
    for (std::size_t kind = 0; kind < now.guards.size(); ++kind)
        if (next.guards[kind].mark.level > now.guards[kind].ceiling)
            return true;
    return false;
}

Marks with_ceilings(const Marks& now, const Marks& next) {
    auto between = next;  // includes the new budget: a jump is charged before recovery from a lost slot can grant it
    for (std::size_t kind = 0; kind < now.guards.size(); ++kind)
        between.guards[kind].mark = now.guards[kind].mark;
    return between;
}

Marks recovered(const Marks& survivor) {
    auto bounds = survivor;
    for (auto& guard : bounds.guards) {
        const auto most = std::min<std::int64_t>(guard.ceiling, std::numeric_limits<std::int32_t>::max());
        if (most >= 0)  // otherwise nothing of this kind can have been signed
            place(guard, {static_cast<std::int32_t>(most), last_round, false, {}});
    }
    return bounds;
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

void encode(const Marks& marks, std::span<std::uint8_t, encoded_marks_size> into) {
    auto at = put(into, 0, marks.budget, 4);
    for (const auto& [mark, ceiling] : marks.guards) {
        at = put(into, at, static_cast<std::uint32_t>(mark.level), 4);
        at = put(into, at, static_cast<std::uint32_t>(mark.round), 4);
        at = put(into, at, mark.has_hash, 1);
        std::copy(mark.hash.begin(), mark.hash.end(), into.begin() + static_cast<std::ptrdiff_t>(at));
        at = put(into, at + mark.hash.size(), static_cast<std::uint64_t>(ceiling), 8);
    }
}

Marks decode_marks(std::span<const std::uint8_t, encoded_marks_size> bytes) {
    Marks marks;
    std::size_t at = 0;
    marks.budget = static_cast<std::uint32_t>(take(bytes, at, 4));
    for (auto& [mark, ceiling] : marks.guards) {
        mark.level = static_cast<std::int32_t>(take(bytes, at, 4));
        mark.round = static_cast<std::int32_t>(take(bytes, at, 4));
        mark.has_hash = take(bytes, at, 1) != 0;
        std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), mark.hash.size(), mark.hash.begin());
        at += mark.hash.size();
        ceiling = static_cast<std::int64_t>(take(bytes, at, 8));
    }
    return marks;
}

}  // namespace revenant::gadget::keystore
