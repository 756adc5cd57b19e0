#include "common/metrics/time.hpp"

#include <algorithm>

#include <gtest/gtest.h>

namespace revenant {
namespace {

TEST(utc_now, format_is_rfc_3339_with_milliseconds) {
    auto now = utc_now();
    std::replace_if(
        now.begin(), now.end(), [](char letter) { return letter >= '0' && letter <= '9'; }, '0');
    EXPECT_EQ(now, "0000-00-00T00:00:00.000Z");
}

TEST(unix_time, parses_output_of_utc_now) {
    EXPECT_EQ(unix_time("1970-01-02T00:00:01.250Z"), 86'401.0);
    EXPECT_NEAR(unix_time(utc_now()).value(), unix_now(), 2);
    EXPECT_EQ(unix_time("yesterday"), std::nullopt);
}

}  // namespace
}  // namespace revenant
