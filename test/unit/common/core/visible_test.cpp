#include "common/core/visible.hpp"

#include <gtest/gtest.h>

namespace revenant {
namespace {

using namespace std::string_literals;

TEST(Visible, printable_ascii_is_unchanged) {
    EXPECT_EQ(visible(" run-dir = /a~"), " run-dir = /a~");
    EXPECT_EQ(visible(""), "");
}

TEST(Visible, other_bytes_become_hexadecimal) {
    EXPECT_EQ(visible("a\0b\t\x7f"s), "a\\x00b\\x09\\x7f");
    EXPECT_EQ(visible("\xef\xbb\xbfx\xc2\xa0"), "\\xef\\xbb\\xbfx\\xc2\\xa0");
}

}  // namespace
}  // namespace revenant
