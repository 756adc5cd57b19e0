#include "gadget/usb/read_retry_policy.hpp"

#include <cerrno>

#include <gtest/gtest.h>

namespace revenant::gadget {
namespace {

using Next = ReadRetryPolicy::Next;

class ReadRetryPolicyTest : public testing::Test {
protected:
    ReadRetryPolicyTest() { rule.enabled(); }

    /// Posts a read that ends with this result.
    Next read(int error) { return read(from_errno(error)); }
    Next read(const error_code& failed) {
        EXPECT_FALSE(rule.parked());
        rule.submitted();
        return rule.ended(failed);
    }

    ReadRetryPolicy rule;
};

TEST(gadget_rearm_initial, parked_before_first_enable) {
    ReadRetryPolicy rule;
    EXPECT_TRUE(rule.parked());
    rule.enabled();
    EXPECT_FALSE(rule.parked());
}

TEST_F(ReadRetryPolicyTest, packet_is_delivered) {
    EXPECT_EQ(read(0), Next::deliver);
    EXPECT_FALSE(rule.parked());
}

TEST_F(ReadRetryPolicyTest, cancelled_read_is_given_back) {
    EXPECT_EQ(read(asio::error::operation_aborted), Next::give_back);
}

TEST_F(ReadRetryPolicyTest, lost_read_is_posted_again_at_once) {
    EXPECT_EQ(read(ESHUTDOWN), Next::submit);
    EXPECT_EQ(read(ESHUTDOWN), Next::submit);
    EXPECT_FALSE(rule.parked());
}

TEST_F(ReadRetryPolicyTest, unrequested_reset_is_posted_again) {
    EXPECT_EQ(read(ECONNRESET), Next::submit);
    EXPECT_FALSE(rule.parked());
}

TEST_F(ReadRetryPolicyTest, third_consecutive_loss_backs_off) {
    for (const auto error : {ESHUTDOWN, ECONNRESET, ENOMEM, ENOBUFS, EINTR}) {
        rule.enabled();
        EXPECT_EQ(read(error), Next::submit);
        EXPECT_EQ(read(error), Next::submit);
        EXPECT_EQ(read(error), Next::back_off);
        EXPECT_TRUE(rule.parked());
        rule.retry();
        EXPECT_EQ(read(error), Next::back_off) << "the streak continues";
    }
}

TEST_F(ReadRetryPolicyTest, packet_or_enable_ends_streak) {
    for (int time = 0; time < 10; ++time) {
        EXPECT_EQ(read(ESHUTDOWN), Next::submit);
        EXPECT_EQ(read(ESHUTDOWN), Next::submit);
        if (time % 2 == 0)
            EXPECT_EQ(read(0), Next::deliver);
        else
            rule.enabled();
    }
}

TEST_F(ReadRetryPolicyTest, endless_streak_parks) {
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

TEST_F(ReadRetryPolicyTest, disabled_endpoint_waits_for_enable) {
    EXPECT_EQ(read(ESHUTDOWN), Next::submit);
    EXPECT_EQ(read(EAGAIN), Next::park);
    EXPECT_TRUE(rule.parked());
    rule.enabled();
    EXPECT_EQ(read(0), Next::deliver);
}

TEST_F(ReadRetryPolicyTest, enable_before_eagain_retries_at_once) {
    rule.submitted();
    rule.enabled();
    EXPECT_EQ(rule.ended(from_errno(EAGAIN)), Next::submit);
    EXPECT_EQ(read(EAGAIN), Next::park) << "once";
}

TEST_F(ReadRetryPolicyTest, enable_before_loss_leaves_nothing_parked) {
    rule.submitted();
    rule.enabled();
    EXPECT_EQ(rule.ended(from_errno(ESHUTDOWN)), Next::submit);
    EXPECT_FALSE(rule.parked());
}

TEST_F(ReadRetryPolicyTest, other_errors_park) {
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
