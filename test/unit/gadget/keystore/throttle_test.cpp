#include "gadget/keystore/throttle.hpp"

#include <gtest/gtest.h>
#include <sodium.h>

#include "test/support/gadget/fake_disk.hpp"

namespace revenant::gadget::keystore {
namespace {

class throttle : public testing::Test {
protected:
    throttle() {
        EXPECT_GE(sodium_init(), 0);
        EXPECT_FALSE(disk.replace("throttle", Throttle::fresh()));
    }
    Throttle open(Boottime now, const char* boot = "boot one") {
        std::error_code error;
        return Throttle{disk.open("throttle", error), boot, now};
    }
    /// One failed attempt; false when it is not allowed.
    static bool attempt(Throttle& throttle, Boottime now) {
        return throttle.wait(now) == Boottime{0} && !throttle.count(now);
    }
    static int attempts(Throttle& throttle, Boottime now) {
        int made = 0;
        while (attempt(throttle, now))
            ++made;
        return made;
    }

    Medium medium;
    FakeDisk disk{medium};
};

TEST_F(throttle, allows_five_in_thirty_seconds) {
    auto gate = open(Boottime{0});
    EXPECT_EQ(attempts(gate, Boottime{1000}), 5);
    EXPECT_EQ(gate.wait(Boottime{1000}), Boottime{30'000});
    EXPECT_EQ(gate.wait(Boottime{30'999}), Boottime{1});
    EXPECT_EQ(attempts(gate, Boottime{31'000}), 5);
}

TEST_F(throttle, window_slides) {
    auto gate = open(Boottime{0});
    EXPECT_TRUE(attempt(gate, Boottime{0}));
    EXPECT_EQ(attempts(gate, Boottime{29'000}), 4);
    EXPECT_EQ(attempts(gate, Boottime{30'000}), 1) << "only the first is outside the window";
}

TEST_F(throttle, success_clears_count) {
    auto gate = open(Boottime{0});
    EXPECT_EQ(attempts(gate, Boottime{0}), 5);
    EXPECT_FALSE(gate.clear());
    EXPECT_EQ(attempts(gate, Boottime{0}), 5);
}

TEST_F(throttle, restart_keeps_count_and_window) {
    {
        auto gate = open(Boottime{0});
        EXPECT_EQ(attempts(gate, Boottime{5000}), 5);
    }
    auto gate = open(Boottime{6000});
    EXPECT_EQ(gate.wait(Boottime{6000}), Boottime{29'000});
}

TEST_F(throttle, reboot_keeps_count_and_restarts_window) {
    {
        auto gate = open(Boottime{900'000});
        EXPECT_EQ(attempts(gate, Boottime{900'000}), 5);
    }
    {
        auto gate = open(Boottime{8000}, "boot two");
        EXPECT_EQ(gate.wait(Boottime{8000}), Boottime{30'000});
    }
    auto gate = open(Boottime{20'000}, "boot two");
    EXPECT_EQ(gate.wait(Boottime{20'000}), Boottime{18'000}) << "a restart does not restart the window";
}

TEST_F(throttle, reboot_after_each_attempt_gains_nothing) {
    int made = 0;
    for (int boot = 0; boot < 20; ++boot) {
        auto gate = open(Boottime{5000}, std::to_string(boot).c_str());
        made += attempt(gate, Boottime{6000}) ? 1 : 0;
    }
    EXPECT_EQ(made, 5);
}

/// The record of a clock that ran ahead, or one that was put there, must not extend the wait.
TEST_F(throttle, time_in_future_counts_as_now) {
    {
        auto gate = open(Boottime{900'000});
        EXPECT_EQ(attempts(gate, Boottime{900'000}), 5);
    }
    auto gate = open(Boottime{1000});
    EXPECT_EQ(gate.wait(Boottime{1000}), Boottime{30'000});
    EXPECT_EQ(attempts(gate, Boottime{31'000}), 5);
}

TEST_F(throttle, count_is_durable_before_check) {
    auto gate = open(Boottime{0});
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(gate.count(Boottime{1000}), std::error_code{});
        medium.reboot();
        EXPECT_EQ(open(Boottime{1000}).wait(Boottime{1000}), i < 4 ? Boottime{0} : Boottime{30'000});
    }
}

TEST_F(throttle, failed_count_prevents_attempt) {
    auto gate = open(Boottime{0});
    medium.fault = [](std::size_t, const std::string&) { return std::make_unique<Fault>(); };
    EXPECT_FALSE(attempt(gate, Boottime{0}));
}

TEST_F(throttle, torn_or_lost_count_is_full) {
    medium.flip("throttle", 40);
    EXPECT_EQ(open(Boottime{1000}).wait(Boottime{1000}), Boottime{30'000});
    EXPECT_FALSE(disk.replace("throttle", Throttle::lost()));
    auto gate = open(Boottime{1000});
    EXPECT_EQ(gate.wait(Boottime{1000}), Boottime{30'000});
    EXPECT_EQ(attempts(gate, Boottime{31'000}), 5);
}

}  // namespace
}  // namespace revenant::gadget::keystore
