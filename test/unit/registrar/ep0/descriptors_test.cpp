#include "registrar/ep0/descriptors.hpp"

#include <gtest/gtest.h>

namespace revenant::registrar {
namespace {

TEST(descriptors, descriptors_match_expected_bytes) {
    const std::vector<std::uint8_t> expected{
        3, 0, 0,    0, 186, 0,    0, 0, 7,    0, 0, 0,     // magic, length, full + high + super speed
        6, 0, 0,    0, 6,   0,    0, 0, 10,   0, 0, 0,     // descriptor counts per speed
        9, 4, 0,    0, 2,   0xFF, 0, 0, 1,                 // full speed: sign
        7, 5, 0x81, 2, 64,  0,    0,                       //
        7, 5, 0x02, 2, 64,  0,    0,                       //
        9, 4, 1,    0, 2,   0xFF, 0, 0, 2,                 // management
        7, 5, 0x83, 2, 64,  0,    0,                       //
        7, 5, 0x04, 2, 64,  0,    0,                       //
        9, 4, 0,    0, 2,   0xFF, 0, 0, 1,                 // high speed
        7, 5, 0x81, 2, 0,   2,    0,                       //
        7, 5, 0x02, 2, 0,   2,    0,                       //
        9, 4, 1,    0, 2,   0xFF, 0, 0, 2,                 //
        7, 5, 0x83, 2, 0,   2,    0,                       //
        7, 5, 0x04, 2, 0,   2,    0,                       //
        9, 4, 0,    0, 2,   0xFF, 0, 0, 1,                 // super speed: endpoint companions
        7, 5, 0x81, 2, 0,   4,    0, 6, 0x30, 0, 0, 0, 0,  //
        7, 5, 0x02, 2, 0,   4,    0, 6, 0x30, 0, 0, 0, 0,  //
        9, 4, 1,    0, 2,   0xFF, 0, 0, 2,                 //
        7, 5, 0x83, 2, 0,   4,    0, 6, 0x30, 0, 0, 0, 0,  //
        7, 5, 0x04, 2, 0,   4,    0, 6, 0x30, 0, 0, 0, 0};
    EXPECT_EQ(expected.size(), 186U);
    EXPECT_EQ(function_descriptors(), expected);
}

TEST(descriptors, strings_match_expected_bytes) {
    const std::vector<std::uint8_t> expected{2,   0, 0,   0,    38,   0,   0,   0,   2,   0,   0,   0,   1,
                                             0,   0, 0,   0x09, 0x04, 't', 'e', 'z', 's', 'i', 'g', 'n', '-',
                                             '0', 0, 't', 'e',  'z',  's', 'i', 'g', 'n', '-', '1', 0};
    EXPECT_EQ(function_strings(), expected);
}

}  // namespace
}  // namespace revenant::registrar
