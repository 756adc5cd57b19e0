#include "common/http/field_values.hpp"

#include <gtest/gtest.h>

namespace revenant::http {
namespace {

TEST(FieldValuesTest, entity_tags_are_compared_weakly) {
    for (const auto* const list : {"\"a\"", "W/\"a\"", "\"x\", \"a\"", "\"x,y\" ,W/\"a\"", "*", " , \"a\" ,"})
        EXPECT_TRUE(matches_tag(list, "\"a\"")) << list;
    for (const auto* const list : {"", "a", "\"b\"", "\"a,b\"", "\"A\"", "w/\"a\"", "\"a", "x\"a\"", "**"})
        EXPECT_FALSE(matches_tag(list, "\"a\"")) << list;
    EXPECT_TRUE(matches_tag("\"a\"", "W/\"a\""));
}

TEST(FieldValuesTest, scheme_is_case_insensitive_and_blanks_follow) {
    for (const auto* const value : {"Bearer t=", "bearer t=", "BEARER  t="})
        EXPECT_EQ(credentials(value, "Bearer"), "t=") << value;
    for (const auto* const value : {"", "Bearer", "Bearer ", "Bearert=", "Basic t=", " Bearer t="})
        EXPECT_FALSE(credentials(value, "Bearer")) << value;
}

}  // namespace
}  // namespace revenant::http
