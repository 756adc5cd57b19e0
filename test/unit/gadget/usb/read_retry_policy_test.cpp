#include "gadget/usb/read_retry_policy.hpp"

#include <cerrno>

#include <gtest/gtest.h>

namespace revenant::gadget {
namespace {

using Next = ReadRetryPolicy::Next;

class gadget_rearm : public testing::Test {
protected:
    gadget_rearm() { rule.enabled(); }

    /// A read is posted and ends so.
    Next read(int error) { return read(from_errno(error)); }
    Next read(const error_code& failed) {
        EXPECT_FALSE(rule.parked());
        rule.submitted();
        return rule.ended(failed);
    }

    ReadRetryPolicy rule;
};

TEST(gadget_rearm_first, nothing_is_posted_before_the_first_enable) {
    ReadRetryPolicy rule;
    EXPECT_TRUE(rule.parked());
    rule.enabled();
    EXPECT_FALSE(rule.parked());
}

TEST_F(gadget_rearm, a_packet_is_delivered) {
    EXPECT_EQ(read(0), Next::deliver);
    EXPECT_FALSE(rule.parked());
}

TEST_F(gadget_rearm, a_read_that_its_owner_cancelled_is_given_back) {
    EXPECT_EQ(read(asio::error::operation_aborted), Next::give_back);
}

TEST_F(gadget_rearm, a_lost_read_is_posted_again_at_once_for_its_enable_may_have_been_heard_of) {
    EXPECT_EQ(read(ESHUTDOWN), Next::submit);
    EXPECT_EQ(read(ESHUTDOWN), Next::submit);
    EXPECT_FALSE(rule.parked());
}

TEST_F(gadget_rearm, a_reset_that_nobody_asked_for_is_posted_again) {
    EXPECT_EQ(read(ECONNRESET), Next::submit);
    EXPECT_FALSE(rule.parked());
}

TEST_F(gadget_rearm, the_third_loss_in_a_row_is_followed_by_a_pause_whichever_it_is) {
    for (const auto error : {ESHUTDOWN, ECONNRESET, ENOMEM, ENOBUFS, EINTR}) {
        rule.enabled();
        EXPECT_EQ(read(error), Next::submit);
        EXPECT_EQ(read(error), Next::submit);
        EXPECT_EQ(read(error), Next::back_off);
        EXPECT_TRUE(rule.parked());
        rule.retry();
        EXPECT_EQ(read(error), Next::back_off) << "the streak goes on";
    }
}

TEST_F(gadget_rearm, a_packet_and_an_enable_end_a_streak) {
    for (int time = 0; time < 10; ++time) {
        EXPECT_EQ(read(ESHUTDOWN), Next::submit);
        EXPECT_EQ(read(ESHUTDOWN), Next::submit);
        if (time % 2 == 0)
            EXPECT_EQ(read(0), Next::deliver);
        else
            rule.enabled();
    }
}

TEST_F(gadget_rearm, a_streak_that_does_not_end_stops_waking_the_processor) {
    for (unsigned loss = 0; loss < ReadRetryPolicy::max_at_once; ++loss)
        EXPECT_EQ(read(ESHUTDOWN), Next::submit);
    for (unsigned loss = 0; loss < ReadRetryPolicy::max_pauses; ++loss) {
        EXPECT_EQ(read(ESHUTDOWN), Next::back_off);
        rule.retry();
    }
    EXPECT_EQ(read(ESHUTDOWN), Next::park);
    EXPECT_TRUE(rule.parked());
    rule.enabled();
    EXPECT_EQ(read(ESHUTDOWN), Next::submit);
}

TEST_F(gadget_rearm, while_it_is_disabled_it_waits_for_the_enable) {
    EXPECT_EQ(read(ESHUTDOWN), Next::submit);
    EXPECT_EQ(read(EAGAIN), Next::park);
    EXPECT_TRUE(rule.parked());
    rule.enabled();
    EXPECT_EQ(read(0), Next::deliver);
}

TEST_F(gadget_rearm, an_enable_that_overtook_the_news_of_the_disable_is_not_waited_for_again) {
    rule.submitted();
    rule.enabled();
    EXPECT_EQ(rule.ended(from_errno(EAGAIN)), Next::submit);
    EXPECT_EQ(read(EAGAIN), Next::park) << "once";
}

TEST_F(gadget_rearm, an_enable_before_the_loss_that_it_explains_leaves_nothing_parked) {
    rule.submitted();
    rule.enabled();
    EXPECT_EQ(rule.ended(from_errno(ESHUTDOWN)), Next::submit);
    EXPECT_FALSE(rule.parked());
}

TEST_F(gadget_rearm, whatever_else_fails_waits_for_an_enable_or_the_slow_timer_even_if_one_came_meanwhile) {
    for (const auto error : {EIO, ENOENT, EACCES, EOVERFLOW, EPROTO, ENODEV, EPIPE, EINVAL, EBADF}) {
        rule.retry();
        rule.submitted();
        rule.enabled();
        EXPECT_EQ(rule.ended(from_errno(error)), Next::park) << "errno " << error;
        EXPECT_TRUE(rule.parked());
    }
    rule.retry();
    EXPECT_EQ(read(0), Next::deliver);
}

}  // namespace
}  // namespace revenant::gadget
