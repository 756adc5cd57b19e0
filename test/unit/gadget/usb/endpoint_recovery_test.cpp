#include "gadget/usb/endpoint_recovery.hpp"

#include <gtest/gtest.h>

namespace revenant::gadget {
namespace {

using Step = EndpointRecovery::Step;
using namespace std::chrono_literals;

class EndpointRecoveryTest : public testing::Test {
protected:
    Step dead() { return recovery.look(true, now += 5s); }
    Step alive() { return recovery.look(false, now += 5s); }

    EndpointRecovery recovery;
    Clock::time_point now{};
};

TEST_F(EndpointRecoveryTest, steps_in_order_give_up_30_s_after_rebind) {
    EXPECT_EQ(dead(), Step::rearm);
    EXPECT_EQ(dead(), Step::reopen);
    EXPECT_EQ(dead(), Step::rebind);
    const auto rebound = now;
    auto step = dead();
    for (; step == Step::rearm; step = dead()) {
    }
    EXPECT_EQ(step, Step::give_up);
    EXPECT_EQ(now - rebound, 30s);
    EXPECT_EQ(dead(), Step::give_up);
}

TEST_F(EndpointRecoveryTest, alive_endpoint_restarts_steps) {
    EXPECT_TRUE(recovery.idle());
    dead();
    dead();
    EXPECT_FALSE(recovery.idle());
    EXPECT_EQ(alive(), Step::none);
    EXPECT_TRUE(recovery.idle());
    EXPECT_EQ(dead(), Step::rearm);
}

TEST_F(EndpointRecoveryTest, rebinds_are_at_least_30_s_apart) {
    dead();
    dead();
    EXPECT_EQ(dead(), Step::rebind);
    const auto first = now;
    alive();
    dead();
    dead();
    auto step = dead();
    for (; step == Step::rearm; step = dead()) {
    }
    EXPECT_EQ(step, Step::rebind);
    EXPECT_EQ(now - first, 30s);
}

}  // namespace
}  // namespace revenant::gadget
