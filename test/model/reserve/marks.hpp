#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <tuple>

/// A small model of the reserve (docs/model.md): values of one byte, so that a state is small and has no padding.
namespace revenant::model::reserve {

using Level = std::int8_t;  // 0: none; requests use 1 and up

inline constexpr std::size_t kinds = 2;
inline constexpr std::size_t levels = 6;
inline constexpr std::int8_t rounds = 2;
inline constexpr std::int8_t last_round = rounds;  // stands for 2^31 - 1: above every round that is asked

/// The last signed level and round of a kind. Payloads are 1 and 2.
struct Mark {
    Level level = 0;
    std::int8_t round = 0;
    std::uint8_t payload = 0;  // 0: no hash is known
    friend bool operator==(const Mark&, const Mark&) = default;
    [[nodiscard]] bool is_below(const Mark& other) const {
        return std::tie(level, round) < std::tie(other.level, other.round);
    }
};

/// The mark that refuses everything up to `level`.
inline Mark bound(Level level) {
    return level > 0 ? Mark{level, last_round, 0} : Mark{};
}

inline Mark higher(const Mark& one, const Mark& other) {
    if (one.is_below(other))
        return other;
    if (!other.is_below(one) && one.payload != other.payload)
        return {one.level, one.round, 0};
    return one;
}

struct Marks {
    std::array<Mark, kinds> of{};
    friend bool operator==(const Marks&, const Marks&) = default;
    [[nodiscard]] Level highest() const { return std::max(of[0].level, of[1].level); }
};

inline Marks higher(const Marks& one, const Marks& other) {
    return {{higher(one.of[0], other.of[0]), higher(one.of[1], other.of[1])}};
}

/// Which write of the history of a file this is: the sequence within a run. Sequence 0: absent.
struct Stamp {
    std::uint8_t sequence = 0;
    std::uint8_t run = 0;
    friend bool operator==(const Stamp&, const Stamp&) = default;
};

}  // namespace revenant::model::reserve
