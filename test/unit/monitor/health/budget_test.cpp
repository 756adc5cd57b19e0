#include "monitor/health/budget.hpp"

#include <gtest/gtest.h>

namespace revenant::monitor {
namespace {

using namespace std::chrono_literals;

TEST(budget, is_spent_at_once_then_refilled) {
    Moment now = Moment{} + 1000h;
    Budget subject{10, 2};
    for (int count = 0; count < 10; ++count)
        EXPECT_TRUE(subject.spend(1, now));
    EXPECT_FALSE(subject.spend(1, now));
    now += 1s;
    EXPECT_TRUE(subject.spend(1, now));
    EXPECT_TRUE(subject.spend(1, now));
    EXPECT_FALSE(subject.spend(1, now));
}

TEST(budget, large_cost_delays_next) {
    Moment now = Moment{} + 1000h;
    Budget subject{10, 2};
    EXPECT_EQ(subject.free_at(now), now);
    EXPECT_TRUE(subject.spend(30, now));
    EXPECT_FALSE(subject.spend(1, now));
    const auto free = subject.free_at(now);
    EXPECT_GE(free, now + 10s);
    EXPECT_LE(free, now + 10s + 2ms);
    EXPECT_TRUE(subject.spend(1, free));
}

TEST(budget, never_exceeds_its_size) {
    Moment now = Moment{} + 1000h;
    Budget subject{2, 1};
    EXPECT_TRUE(subject.spend(1, now));
    now += 1h;
    EXPECT_TRUE(subject.spend(2, now));
    EXPECT_FALSE(subject.spend(1, now));
}

}  // namespace
}  // namespace revenant::monitor
