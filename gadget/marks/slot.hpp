#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "gadget/marks/marks.hpp"

/// What the card holds of one key on one chain. Pure values and functions.
namespace revenant::gadget::keystore {

/// A slot bounds what the next slot may hold, by this many levels above its own marks and reserve.
inline constexpr std::int64_t ceiling_step = 8;
/// Instead of a level: nothing is reserved, nothing was signed.
inline constexpr std::int64_t no_level = -1;

/// Identifies a state in the history of a file: the sequence counts changes of the marks and writes of slots; the run
/// is random and changes when a process cannot continue the history of the one before.
struct Stamp {
    std::uint64_t sequence = 0;
    std::uint64_t run = 0;  // 0: of version 0.1.0
    friend bool operator==(const Stamp&, const Stamp&) = default;
};

struct Slot {
    /// By kind; the same for all of them, except in a slot of version 0.1.0.
    using Ceilings = std::array<std::int64_t, tezos::kind_count>;

    Stamp stamp;
    Marks marks;
    std::int64_t reserve = no_level;  // R: everything up to this level may have been signed; none: at rest
    Ceilings ceilings{no_level, no_level, no_level};  // C: no slot that follows while this one stays exceeds it
    [[nodiscard]] bool is_old() const { return stamp.run == 0; }
    [[nodiscard]] bool at_rest() const { return reserve == no_level; }
    /// The highest level that may have been signed according to this slot; -1: none.
    [[nodiscard]] std::int64_t covered() const;
    /// P5: the ceiling that limits writes beside a slot of version 0.1.0.
    [[nodiscard]] std::int64_t lowest_ceiling() const;
    friend bool operator==(const Slot&, const Slot&) = default;
};

/// A slot with these marks, at rest or with a reserve, and its ceiling. Its budget is that of `live` less the levels
/// that recovery from the reserve would grant.
Slot slot_of(const Marks& live, std::int64_t reserve);

/// F3: the slot to write before `next`, if that exceeds the ceiling of the slot that stays: the ceiling of `next`, with
/// the reserve that stands.
Slot raising(const Slot& next, const Marks& live, std::int64_t standing_reserve);

/// Size in bytes of the contents of a slot, little endian; the rest of a slot is zero.
inline constexpr std::size_t encoded_marks_size = 4 + tezos::kind_count * (4 + 4 + 1 + 32);
inline constexpr std::size_t encoded_slot_size = 8 + 8 + 8 + 8 + encoded_marks_size;
inline constexpr std::size_t encoded_old_slot_size = 8 + 4 + tezos::kind_count * (4 + 4 + 1 + 32 + 8);

void encode(const Marks& marks, std::span<std::uint8_t, encoded_marks_size> into);
void encode(const Slot& slot, std::span<std::uint8_t, encoded_slot_size> into);
/// These are for authenticated bytes only.
Marks decode_marks(std::span<const std::uint8_t, encoded_marks_size> bytes);
Slot decode_slot(std::span<const std::uint8_t, encoded_slot_size> bytes);
/// Of version 0.1.0: at rest, without a run, with a ceiling for each kind.
Slot decode_old_slot(std::span<const std::uint8_t, encoded_old_slot_size> bytes);

}  // namespace revenant::gadget::keystore
