#include "gadget/marks/slot.hpp"

#include <algorithm>

#include "gadget/marks/little_endian.hpp"

namespace revenant::gadget::keystore {
namespace {

/// 0 and 1 as in version 0.1.0; higher ones name the bound of a mark without a hash.
std::uint8_t basis_of(const Mark& mark) {
    if (mark.has_hash)
        return 1;
    return mark.bound == Bound::none ? 0 : static_cast<std::uint8_t>(1 + static_cast<std::uint8_t>(mark.bound));
}

void put(LittleEndianWriter& into, const Marks& marks) {
    into.put(marks.budget, 4);
    for (const auto& mark : marks.kinds) {
        into.put(static_cast<std::uint32_t>(mark.level), 4);
        into.put(static_cast<std::uint32_t>(mark.round), 4);
        into.put(basis_of(mark), 1);
        into.put(mark.hash);
    }
}

Mark take_mark(LittleEndianReader& from) {
    Mark mark;
    mark.level = static_cast<std::int32_t>(from.take(4));
    mark.round = static_cast<std::int32_t>(from.take(4));
    const auto basis = from.take(1);
    mark.has_hash = basis == 1;
    if (basis > 1)
        mark.bound = static_cast<Bound>(basis - 1);
    from.take(mark.hash);
    return mark;
}

Marks take_marks(LittleEndianReader& from) {
    Marks marks;
    marks.budget = static_cast<std::uint32_t>(from.take(4));
    for (auto& mark : marks.kinds)
        mark = take_mark(from);
    return marks;
}

}  // namespace

std::int64_t Slot::covered() const {
    return std::max(reserve, marks.highest());
}

std::int64_t Slot::lowest_ceiling() const {
    return *std::min_element(ceilings.begin(), ceilings.end());
}

Slot slot_of(const Marks& live, std::int64_t reserve) {
    Slot slot;
    slot.reserve = reserve;
    slot.marks = charged(live, reserve - live.highest());
    // P4: at rest the highest mark counts as the reserve. Without a mark nothing is bounded: the first level is free.
    if (const auto covered = slot.covered(); covered >= 0)
        slot.ceilings.fill(covered + ceiling_step);
    return slot;
}

Slot raising(const Slot& next, const Marks& live, std::int64_t standing_reserve) {
    auto first = slot_of(live, standing_reserve);
    first.ceilings = next.ceilings;
    return first;
}

void encode(const Marks& marks, std::span<std::uint8_t, encoded_marks_size> into) {
    LittleEndianWriter writer{into};
    put(writer, marks);
}

Marks decode_marks(std::span<const std::uint8_t, encoded_marks_size> bytes) {
    LittleEndianReader reader{bytes};
    return take_marks(reader);
}

void encode(const Slot& slot, std::span<std::uint8_t, encoded_slot_size> into) {
    LittleEndianWriter writer{into};
    writer.put(slot.stamp.sequence, 8);
    writer.put(slot.stamp.run, 8);
    writer.put(static_cast<std::uint64_t>(slot.reserve), 8);
    writer.put(static_cast<std::uint64_t>(slot.ceilings.front()), 8);
    put(writer, slot.marks);
}

Slot decode_slot(std::span<const std::uint8_t, encoded_slot_size> bytes) {
    LittleEndianReader reader{bytes};
    Slot slot;
    slot.stamp.sequence = reader.take(8);
    slot.stamp.run = reader.take(8);
    slot.reserve = static_cast<std::int64_t>(reader.take(8));
    slot.ceilings.fill(static_cast<std::int64_t>(reader.take(8)));
    slot.marks = take_marks(reader);
    return slot;
}

Slot decode_old_slot(std::span<const std::uint8_t, encoded_old_slot_size> bytes) {
    LittleEndianReader reader{bytes};
    Slot slot;
    slot.stamp.sequence = reader.take(8);
    slot.marks.budget = static_cast<std::uint32_t>(reader.take(4));
    for (std::size_t kind = 0; kind < slot.marks.kinds.size(); ++kind) {
        slot.marks.kinds[kind] = take_mark(reader);
        slot.ceilings[kind] = static_cast<std::int64_t>(reader.take(8));
    }
    return slot;
}

}  // namespace revenant::gadget::keystore
