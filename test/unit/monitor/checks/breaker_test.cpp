#include "monitor/checks/breaker.hpp"

#include <gtest/gtest.h>

namespace revenant::monitor {
namespace {

using namespace std::chrono_literals;
using State = Breaker::State;

constexpr auto tick = Moment::duration{1};

class breaker : public ::testing::Test {
protected:
    void fail(unsigned times) {
        for (unsigned count = 0; count < times; ++count) {
            ASSERT_TRUE(subject_.admits(now_));
            subject_.failed(now_);
        }
    }

    Moment now_ = Moment{} + 1000h;
    Breaker subject_{{}};
};

TEST_F(breaker, opens_at_fifth_consecutive_failure) {
    fail(4);
    EXPECT_EQ(subject_.state(), State::closed);
    subject_.succeeded();
    fail(4);
    EXPECT_EQ(subject_.state(), State::closed);
    fail(1);
    EXPECT_EQ(subject_.state(), State::open);
}

TEST_F(breaker, open_admits_one_probe_after_30_s) {
    fail(5);
    now_ += 30s - tick;
    EXPECT_FALSE(subject_.admits(now_));
    EXPECT_EQ(subject_.state(), State::open);
    now_ += tick;
    EXPECT_TRUE(subject_.admits(now_));
    EXPECT_EQ(subject_.state(), State::half_open);
    for (const auto later : {0s, 1s, 3600s})
        EXPECT_FALSE(subject_.admits(now_ + later));
}

TEST_F(breaker, successful_probe_closes_and_resets_count) {
    fail(5);
    now_ += 30s;
    ASSERT_TRUE(subject_.admits(now_));
    subject_.succeeded();
    EXPECT_EQ(subject_.state(), State::closed);
    fail(4);
    EXPECT_EQ(subject_.state(), State::closed);
}

TEST_F(breaker, failed_probe_restarts_rest) {
    fail(5);
    for (int round = 0; round < 3; ++round) {
        now_ += 30s;
        ASSERT_TRUE(subject_.admits(now_));
        now_ += 500ms;
        subject_.failed(now_);
        EXPECT_EQ(subject_.state(), State::open);
        EXPECT_FALSE(subject_.admits(now_ + 30s - tick));
    }
}

TEST(breaker_setting, zero_failures_never_opens) {
    Breaker subject{{0, 30s}};
    for (int count = 0; count < 100; ++count) {
        EXPECT_TRUE(subject.admits(Moment{}));
        subject.failed(Moment{});
    }
    EXPECT_EQ(subject.state(), State::closed);
}

}  // namespace
}  // namespace revenant::monitor
