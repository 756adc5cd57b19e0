#pragma once

#include <array>

#include "test/model/reserve/marks.hpp"

namespace revenant::model::reserve {

/// The contents of a slot. Sequence 0: unreadable.
struct Slot {
    Stamp stamp{};
    std::uint8_t format = 0;  // 1: of version 0.1.0, 2: with a reserve
    bool at_rest = false;
    Level reserve = 0;
    std::array<Level, kinds> ceiling{};  // format 2: the same for each kind
    Marks marks{};
    friend bool operator==(const Slot&, const Slot&) = default;
    [[nodiscard]] bool readable() const { return stamp.sequence != 0; }
    [[nodiscard]] Level lowest_ceiling() const { return std::min(ceiling[0], ceiling[1]); }
    [[nodiscard]] Level highest_ceiling() const { return std::max(ceiling[0], ceiling[1]); }
};

/// What a failed write leaves behind.
enum class Left : std::uint8_t { nothing, cached, written, torn };
/// What a power cut does to a slot whose last write is not known to be on the platter.
enum class Cut : std::uint8_t { lost, whole, torn };

/// One slot of the file: what a reader gets, and what survives a power cut.
struct Cell {
    Slot cache{};
    Slot platter{};
    [[nodiscard]] bool is_dirty() const { return cache != platter; }
    void sync() { platter = cache; }
    void fail(Left left);
    void cut(Cut cut);
    void lose() { cache = platter = Slot{}; }
};

using Disk = std::array<Cell, 2>;

}  // namespace revenant::model::reserve
