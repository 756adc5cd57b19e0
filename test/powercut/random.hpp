#pragma once

#include <cstddef>
#include <random>

namespace revenant::powercut {

/// The same sequence for the same seed, on every machine.
class Random {
public:
    explicit Random(std::uint64_t seed) : engine_{seed} {}
    /// 0 to below - 1.
    std::size_t pick(std::size_t below) { return static_cast<std::size_t>(engine_() % below); }
    bool one_in(std::size_t count) { return pick(count) == 0; }
    std::uint64_t number() { return engine_(); }

private:
    std::mt19937_64 engine_;
};

}  // namespace revenant::powercut
