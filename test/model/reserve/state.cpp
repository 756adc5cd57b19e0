#include "test/model/reserve/state.hpp"

#include <cstring>

namespace revenant::model::reserve {
namespace {

template <class Any>
auto stamps(Any& state) {
    return std::array{&state.disk[0].cache.stamp,   &state.disk[0].platter.stamp, &state.disk[1].cache.stamp,
                      &state.disk[1].platter.stamp, &state.page.copies[0].stamp,  &state.page.copies[1].stamp,
                      &state.process.stamp,         &state.process.before.stamp,  &state.copy[0].stamp,
                      &state.copy[1].stamp};
}

}  // namespace

void normalise(State& state) {
    std::array<std::uint8_t, 256> number{};
    std::uint8_t runs = 0;
    std::uint8_t lowest = 255;
    for (auto* stamp : stamps(state)) {
        if (stamp->sequence == 0)
            continue;
        lowest = std::min(lowest, stamp->sequence);
        auto& known = number[stamp->run];
        if (known == 0)
            known = ++runs;
        stamp->run = known;
    }
    for (auto* stamp : stamps(state))
        if (stamp->sequence != 0)
            stamp->sequence = static_cast<std::uint8_t>(stamp->sequence - lowest + 1);
}

std::uint64_t hash(const State& state) {
    std::array<std::uint64_t, (sizeof(State) + 7) / 8> words{};
    std::memcpy(words.data(), &state, sizeof state);
    std::uint64_t value = 0x9e3779b97f4a7c15;
    for (const auto word : words) {
        value = (value ^ word) * 0xff51afd7ed558ccd;
        value ^= value >> 29;
    }
    return value;
}

std::uint8_t fresh_run(const State& state) {
    std::uint8_t highest = 0;
    for (const auto* stamp : stamps(state))
        highest = std::max(highest, stamp->run);
    return static_cast<std::uint8_t>(highest + 1);
}

}  // namespace revenant::model::reserve
