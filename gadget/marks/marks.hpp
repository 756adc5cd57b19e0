#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <variant>

#include "common/core/bytes.hpp"
#include "common/tezos/payload.hpp"
#include "gadget/disk/clock.hpp"

/// Watermark arithmetic: pure functions on values; no files, clocks or locks.
namespace revenant::gadget::keystore {

using tezos::ChainId;
using tezos::Hash32;
using tezos::Kind;
using tezos::Operation;

/// Maximum level of a request; leaves room for the margin added when a slot is lost.
inline constexpr std::int64_t max_level = 2'147'483'647 - 1'000'000;
/// A mark may rise by this many levels without an extra write that first raises its ceiling.
inline constexpr std::int64_t ceiling_step = 8;
/// The jump budget of each key and chain: how far a host can move its marks without the passphrase.
struct JumpRules {
    std::uint32_t budget = 432'000;  // levels, at most: 30 days at 6 s
    Uptime refill{3000};             // uptime that regains one level
};

/// The last signed level and round.
struct Mark {
    std::int32_t level = -1;  // -1: nothing signed yet
    std::int32_t round = 0;
    bool has_hash = false;  // if false, nothing at this level and round is signed again
    Hash32 hash{};
    [[nodiscard]] bool none() const { return level < 0; }
    friend bool operator==(const Mark&, const Mark&) = default;
};

/// For one kind: the mark, and the level that no mark in the next slot exceeds.
struct Guard {
    Mark mark;
    std::int64_t ceiling = -1;
    friend bool operator==(const Guard&, const Guard&) = default;
};

/// The contents of a slot, for one key on one chain.
struct Marks {
    std::array<Guard, tezos::kind_count> guards;  // by Kind
    std::uint32_t budget = 0;                     // levels that the marks may still rise
    [[nodiscard]] Guard& of(Kind kind) { return guards[static_cast<std::size_t>(kind)]; }
    [[nodiscard]] const Guard& of(Kind kind) const { return guards[static_cast<std::size_t>(kind)]; }
    /// The highest level of any kind; -1 without a mark.
    [[nodiscard]] std::int64_t highest() const;
    friend bool operator==(const Marks&, const Marks&) = default;
};

/// The relation of an operation to the marks.
enum class Standing : std::uint8_t { advances, repeats, stale, over_budget, out_of_bounds };
Standing judge(const Marks& marks, const Operation& operation, const Hash32& hash);

/// Levels that moving to `level` charges to the budget: 1 for the level after the highest; 0 for a first mark. The
/// consecutive level is not free, else a host could walk through any number of them.
std::int64_t jump(const Marks& marks, std::int64_t level);

/// The marks after this operation. If exceeds_ceiling(), the new ceiling must have been written before.
Marks advanced(const Marks& marks, const Operation& operation, const Hash32& hash);

/// Raises each kind to at least (level, round 0, no hash).
Marks raised(const Marks& marks, std::int32_t level);

/// Marks of a history that is not known except that nothing was signed above this level: no round of it is signed
/// again.
Marks bounded(std::int32_t level, std::uint32_t budget);

/// Subtracts `levels` from the budget, not below 0.
Marks charged(Marks marks, std::int64_t levels);

/// Whether some mark of `next` is above its ceiling in `now`; if so, with_ceilings(now, next) must be durable first.
bool exceeds_ceiling(const Marks& now, const Marks& next);

/// The marks of `now` under the ceilings of `next`.
Marks with_ceilings(const Marks& now, const Marks& next);

/// The marks to use when the newer slot is lost and `survivor` is what remains: every kind at its ceiling, at the
/// maximum round. Only higher levels may be signed.
Marks recovered(const Marks& survivor);

/// Whether this mark came from recovered() or bounded(): an upper bound, not a signed value.
bool is_bound(const Mark& mark);

/// The jump budget over time: grows with uptime, up to a maximum.
class Refill {
public:
    Refill(const JumpRules& rules, Uptime now) : rules_{rules}, since_{now} {}
    /// Returns the value of `budget` at `now`.
    [[nodiscard]] std::uint32_t at(std::uint32_t budget, Uptime now) const;
    /// To be called after at(..., now) was stored: keeps the remainder of the current period.
    void settle(Uptime now);

private:
    JumpRules rules_;
    Uptime since_;
};

/// Size in bytes of the marks inside a sealed slot, little endian; the rest of a slot is zero.
inline constexpr std::size_t encoded_marks_size = 4 + tezos::kind_count * (4 + 4 + 1 + 32 + 8);
void encode(const Marks& marks, std::span<std::uint8_t, encoded_marks_size> into);
/// For authenticated bytes only.
Marks decode_marks(std::span<const std::uint8_t, encoded_marks_size> bytes);

}  // namespace revenant::gadget::keystore
