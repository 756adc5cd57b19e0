#pragma once

#include <array>
#include <cstdint>

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

/// The jump budget of each key and chain: how far a host can move its marks without the passphrase.
struct JumpRules {
    std::uint32_t budget = 432'000;  // levels, at most: 30 days at 6 s
    Uptime refill{3000};             // uptime that regains one level
};

/// Why a mark is an upper bound of what may have been signed, instead of a signed position.
enum class Bound : std::uint8_t {
    none,
    reserve,    // a power cut: every level up to the reserve may have been signed
    lost_slot,  // a slot of the file could not be read
    rebuilt,    // an operator gave the level
};

/// The last signed level and round.
struct Mark {
    std::int32_t level = -1;  // -1: nothing signed yet
    std::int32_t round = 0;
    bool has_hash = false;  // if false, nothing at this level and round is signed again
    Hash32 hash{};
    Bound bound = Bound::none;
    [[nodiscard]] bool none() const { return level < 0; }
    friend bool operator==(const Mark&, const Mark&) = default;
};

/// What was signed with one key on one chain, and the levels that its marks may still rise.
struct Marks {
    std::array<Mark, tezos::kind_count> kinds;  // by Kind
    std::uint32_t budget = 0;
    [[nodiscard]] Mark& of(Kind kind) { return kinds[static_cast<std::size_t>(kind)]; }
    [[nodiscard]] const Mark& of(Kind kind) const { return kinds[static_cast<std::size_t>(kind)]; }
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

/// The marks after this operation, without its cost.
Marks advanced(const Marks& marks, const Operation& operation, const Hash32& hash);

/// Raises each kind to at least (level, round 0, no hash).
Marks raised(const Marks& marks, std::int32_t level);

/// The mark that refuses every round up to `level`; none below level 0.
Mark bound(std::int64_t level, Bound why);
/// The same for every kind.
Marks bounded(std::int64_t level, std::uint32_t budget, Bound why);

/// Per kind the higher mark; at one position with different payloads, or if one is unknown: no hash. The lower budget.
Marks higher(const Marks& one, const Marks& other);

/// Subtracts `levels` from the budget, not below 0. A negative number subtracts nothing.
Marks charged(Marks marks, std::int64_t levels);

/// Whether this mark refuses all rounds of its level: an upper bound, not a signed position.
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

}  // namespace revenant::gadget::keystore
