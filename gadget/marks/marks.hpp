#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <variant>

#include "common/core/bytes.hpp"
#include "common/tezos/payload.hpp"
#include "gadget/disk/clock.hpp"

/// The watermark's arithmetic: values in, values out, no file, no clock, no lock.
namespace revenant::gadget::keystore {

using tezos::ChainId;
using tezos::Hash32;
using tezos::Kind;
using tezos::Operation;

/// No request takes a mark above this: room is left for what a lost slot adds.
inline constexpr std::int64_t max_level = 2'147'483'647 - 1'000'000;
/// A mark may rise this far without an extra write that raises its ceiling first.
inline constexpr std::int64_t ceiling_step = 8;
/// One level of jump budget comes back per this much uptime.
inline constexpr Uptime refill_period{3000};

/// What was signed last.
struct Mark {
    std::int32_t level = -1;  // -1: nothing yet
    std::int32_t round = 0;
    bool has_hash = false;  // without: nothing at this level and round is signed again
    Hash32 hash{};
    [[nodiscard]] bool none() const { return level < 0; }
    friend bool operator==(const Mark&, const Mark&) = default;
};

/// Of one kind: the mark, and the level that no mark in the next slot exceeds.
struct Guard {
    Mark mark;
    std::int64_t ceiling = -1;
    friend bool operator==(const Guard&, const Guard&) = default;
};

/// Everything that a slot says of one key on one chain.
struct Marks {
    std::array<Guard, tezos::kind_count> guards;  // by Kind
    std::uint32_t budget = 0;                     // levels that jumps may still use
    [[nodiscard]] Guard& of(Kind kind) { return guards[static_cast<std::size_t>(kind)]; }
    [[nodiscard]] const Guard& of(Kind kind) const { return guards[static_cast<std::size_t>(kind)]; }
    /// The highest level of any kind; -1 when there is no mark.
    [[nodiscard]] std::int64_t highest() const;
    friend bool operator==(const Marks&, const Marks&) = default;
};

/// How an operation stands to the marks.
enum class Standing : std::uint8_t { advances, repeats, stale, over_budget, out_of_bounds };
Standing judge(const Marks& marks, const Operation& operation, const Hash32& hash);

/// Levels that going to `level` would take from the budget; 0 for a first mark.
std::int64_t jump(const Marks& marks, std::int64_t level);

/// The marks after this operation, whose ceiling must have been written before when exceeds_ceiling().
Marks advanced(const Marks& marks, const Operation& operation, const Hash32& hash);

/// Each kind at least (level, round 0, no hash).
Marks raised(const Marks& marks, std::int32_t level);

/// Takes `levels` from the budget, which never goes below 0.
Marks charged(Marks marks, std::int64_t levels);

/// Whether some mark of `next` is above its ceiling in `now`: then with_ceilings(now, next) must be durable first.
bool exceeds_ceiling(const Marks& now, const Marks& next);

/// The marks of `now` under the ceilings of `next`.
Marks with_ceilings(const Marks& now, const Marks& next);

/// What may be signed above when the newer slot is lost and `survivor` is what remains: every kind at its ceiling, at
/// the last round there is.
Marks recovered(const Marks& survivor);

/// Whether this mark came from recovered(): a bound, not what was signed.
bool is_bound(const Mark& mark);

/// The jump budget over time: earns while the device runs, up to a maximum.
class Refill {
public:
    Refill(std::uint32_t maximum, Uptime now) : maximum_{maximum}, since_{now} {}
    /// What `budget` has become at `now`.
    [[nodiscard]] std::uint32_t at(std::uint32_t budget, Uptime now) const;
    /// To be called when at(…, now) has been taken over: the part of a period that is left still counts.
    void settle(Uptime now);

private:
    std::uint32_t maximum_;
    Uptime since_;
};

/// Bytes of the marks inside a sealed slot, little endian; the rest of a slot is zero.
inline constexpr std::size_t encoded_marks_size = 4 + tezos::kind_count * (4 + 4 + 1 + 32 + 8);
void encode(const Marks& marks, std::span<std::uint8_t, encoded_marks_size> into);
/// Of authentic bytes only.
Marks decode_marks(std::span<const std::uint8_t, encoded_marks_size> bytes);

}  // namespace revenant::gadget::keystore
