#include "registrar/ep0/control.hpp"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

namespace revenant::registrar {
namespace {

constexpr Setup probe{0xC1, 0x5A, 0, 0, 0, 0, 8, 0};

Setup with(std::size_t at, unsigned value, Setup setup = probe) {
    setup[at] = static_cast<std::uint8_t>(value);
    return setup;
}

Setup with_word(std::size_t at, unsigned value) {
    return with(at + 1, value >> 8U, with(at, value & 0xFFU));
}

std::vector<std::uint8_t> data_of(const Setup& setup, bool ready) {
    const auto data = answer(setup, ready);
    EXPECT_TRUE(data);
    return data ? std::vector<std::uint8_t>(data->bytes().begin(), data->bytes().end()) : std::vector<std::uint8_t>{};
}

TEST(control, probe_returns_readiness) {
    EXPECT_EQ(data_of(probe, true), (std::vector<std::uint8_t>{'T', 'Z', 'S', 'G', 1, 0, 1, 0}));
    EXPECT_EQ(data_of(probe, false), (std::vector<std::uint8_t>{'T', 'Z', 'S', 'G', 1, 0, 0, 0}));
}

TEST(control, other_types_and_requests_stall) {
    for (unsigned type = 0; type < 256; ++type)
        for (unsigned request = 0; request < 256; ++request)
            EXPECT_EQ(answer(with(1, request, with(0, type)), true).has_value(),
                      (type == 0x81 || type == 0xC1) && request == 0x5A)
                << type << ' ' << request;
}

TEST(control, other_values_stall) {
    for (unsigned value = 0; value <= 0xFFFF; ++value)
        EXPECT_EQ(answer(with_word(2, value), true).has_value(), value == 0) << value;
}

TEST(control, other_interfaces_stall) {
    for (unsigned index = 0; index <= 0xFFFF; ++index)
        EXPECT_EQ(answer(with_word(4, index), true).has_value(), index <= 1) << index;
}

TEST(control, response_is_truncated_to_requested_length) {
    const auto whole = data_of(probe, true);
    for (unsigned length = 0; length <= 0xFFFF; ++length) {
        const auto data = data_of(with_word(6, length), true);
        ASSERT_EQ(data.size(), std::min(length, 8U)) << length;
        ASSERT_TRUE(std::equal(data.begin(), data.end(), whole.begin()));
    }
}

}  // namespace
}  // namespace revenant::registrar
