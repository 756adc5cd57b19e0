#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "common/core/bytes.hpp"

namespace revenant::powercut {

/// A number for a sequence of values: equal sequences have the same, different ones most probably not.
class Fingerprint {
public:
    void add(std::uint64_t number) {
        sum_ = (sum_ ^ number) * 0x9e3779b97f4a7c15U;
        sum_ ^= sum_ >> 29;
    }
    void add(std::string_view text) { add(std::hash<std::string_view>{}(text)); }
    void add(ByteView bytes) { add(std::string_view{reinterpret_cast<const char*>(bytes.data()), bytes.size()}); }
    [[nodiscard]] std::uint64_t value() const { return sum_; }

private:
    std::uint64_t sum_ = 0;
};

}  // namespace revenant::powercut
