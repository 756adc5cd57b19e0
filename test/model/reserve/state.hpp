#pragma once

#include <cstdint>
#include <type_traits>

#include "test/model/reserve/disk.hpp"
#include "test/model/reserve/page.hpp"

namespace revenant::model::reserve {

/// What a chain of slot writes is for.
enum class Goal : std::uint8_t { none, ahead, sign, set_level, rest, restate };
enum class Phase : std::uint8_t { dead, restating, open };

/// A request that waits for a write. Level 0: none. `kind` = kinds: set_level.
struct Request {
    std::uint8_t kind = 0;
    Level level = 0;
    std::int8_t round = 0;
    std::uint8_t payload = 0;
};

/// The memory of the gadget.
struct Process {
    Phase phase = Phase::dead;
    bool without_ahead = false;  // w = 0 in this process
    bool paged = false;          // it has a live page
    std::uint8_t target = 0;     // the slot to write next
    std::uint8_t restates = 0;   // slots to restate before anything leaves
    std::uint8_t written = 0;    // slots that this process has written
    Level stay_ceiling = 0;      // of the slot that stays during the next write
    Level reserve = 0;           // R; 0: none
    Stamp stamp{};               // the newest that was used
    Marks live{};
    Goal goal = Goal::none;  // a write runs, unless none
    bool raising = false;    // it only raises the ceiling for the write that follows
    bool at_rest = false;    // the newest write succeeded, is at rest, and nothing changed since
    Slot before{};           // what a reader of the target got before the write began
    Request waiting{};
    bool has_snapshot = false;  // only without a rule of the order of writes
    Marks snapshot{};
};

/// Everything that has left the device, and what must hold because of it.
struct Witness {
    /// Per position: 0 never asked, 1 payload 1 was asked, 2 it left, 3 payload 2 left.
    std::array<std::array<std::array<std::uint8_t, static_cast<std::size_t>(rounds)>, levels>, kinds> left{};
    [[nodiscard]] std::uint8_t& at(const Request& request) {
        return left[request.kind][static_cast<std::size_t>(request.level - 1)][static_cast<std::size_t>(request.round)];
    }
    Level highest_asked = 0;
    Level acknowledged = 0;      // by set_level
    bool must_be_exact = false;  // the next opening refuses nothing but what `exact` refuses
    bool exact_on_card = false;  // also without the page
    Marks exact{};
};

struct Spent {
    std::uint8_t kills = 0, stops = 0, cuts = 0, failures = 0, losses = 0, copies = 0, ignored = 0, rests = 0,
                 set_levels = 0;
    std::uint8_t lossy = 0;  // ends after which w + step levels may be refused
};

enum class Violation : std::uint8_t { none, signed_twice, signed_below_set_level, refused_too_much, not_exact };

struct State {
    Disk disk{};
    Page page{};
    Process process{};
    Witness witness{};
    bool has_copy = false;     // of the store, and every process since has used the page
    bool page_needed = false;  // a copy was put back and is not restated yet: the page must live
    std::array<Slot, 2> copy{};
    bool page_is_current = false;  // the last process that signed used the page, and it was kept
    bool old_program = false;      // version 0.1.0 is installed
    Spent spent{};
    Violation violation = Violation::none;
};
static_assert(std::has_unique_object_representations_v<State>, "states are compared by their bytes");

/// Numbers runs by their first appearance and counts sequences from 1: neither has a meaning beyond its order.
void normalise(State& state);
/// Of a normalised state.
std::uint64_t hash(const State& state);
/// A run that no stamp of the state has.
std::uint8_t fresh_run(const State& state);

}  // namespace revenant::model::reserve
