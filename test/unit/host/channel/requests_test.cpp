#include "host/channel/requests.hpp"

#include <gtest/gtest.h>

namespace revenant::host {
namespace {

constexpr MessageId one{1}, two{2}, three{3}, first_process{0xA}, second_process{0xB}, nobody{};
const Request any{StatusRequest{}};
constexpr bool may_repeat = true, only_once = false;

/// The ids of all frames that may go out now.
std::vector<MessageId> written(Requests& requests) {
    std::vector<MessageId> ids;
    GuardedBytes bytes;
    while (requests.next_frame(bytes)) {
        FrameDecoder decoder;
        decoder.feed(bytes, [&](const Frame& frame) {
            EXPECT_EQ(frame.type, FrameType::request);
            ids.push_back(frame.id);
        });
    }
    return ids;
}

std::vector<MessageId> unknown_outcomes(Requests& requests) {
    std::vector<MessageId> ids;
    for (const auto& finished : requests.take_finished()) {
        EXPECT_FALSE(finished.answer);
        ids.push_back(finished.id);
    }
    return ids;
}

using MessageIds = std::vector<MessageId>;

/// An open link to process A, over which `one` (repeatable) and `two` (not) were sent.
class RequestsTest : public ::testing::Test {
protected:
    RequestsTest() {
        requests.claimed();
        requests.take({FrameType::retry, first_process});
        EXPECT_TRUE(requests.add(one, any, may_repeat));
        EXPECT_TRUE(requests.add(two, any, only_once));
        EXPECT_EQ(written(requests), (MessageIds{one, two}));
    }
    Requests requests;
};

TEST(requests, are_sent_oldest_first_after_claim) {
    Requests requests;
    requests.add(one, any, only_once);
    requests.add(two, any, only_once);
    EXPECT_EQ(written(requests), MessageIds{});
    EXPECT_FALSE(requests.was_sent(one));
    requests.claimed();
    EXPECT_FALSE(requests.awaits_name());  // nothing was sent in an earlier life
    EXPECT_EQ(written(requests), (MessageIds{one, two}));
    EXPECT_TRUE(requests.was_sent(one));
    EXPECT_EQ(written(requests), MessageIds{});
}

TEST_F(RequestsTest, are_answered_once) {
    requests.take({FrameType::accept, one});
    requests.take({FrameType::response, one, {0x99}});
    requests.take({FrameType::response, one, {0x98}});    // a duplicate
    requests.take({FrameType::response, three, {0x97}});  // nobody asked
    const auto finished = requests.take_finished();
    ASSERT_EQ(finished.size(), 1U);
    EXPECT_EQ(finished[0].id, one);
    EXPECT_EQ(finished[0].answer, (Bytes{0x99}));
    EXPECT_TRUE(requests.take_finished().empty());
}

TEST_F(RequestsTest, response_without_accept_completes) {
    requests.take({FrameType::response, two, {0x99}});
    EXPECT_EQ(requests.take_finished().size(), 1U);
}

TEST(requests, early_response_is_ignored) {
    Requests requests;
    requests.add(one, any, may_repeat);
    requests.take({FrameType::response, one, {}});
    EXPECT_TRUE(requests.take_finished().empty());
}

TEST_F(RequestsTest, retry_of_same_process_repeats_unanswered) {
    requests.take({FrameType::accept, one});  // its answer may have gone with the session in which it was accepted
    requests.take({FrameType::retry, first_process});
    EXPECT_EQ(written(requests), (MessageIds{one, two}));
    requests.take({FrameType::response, one, {0x99}});
    requests.take({FrameType::retry, first_process});
    EXPECT_EQ(written(requests), (MessageIds{two}));
}

TEST_F(RequestsTest, retry_of_old_peer_repeats_unaccepted) {
    requests.take({FrameType::accept, one});
    requests.take({FrameType::retry, nobody});
    EXPECT_EQ(written(requests), MessageIds{two});
}

TEST_F(RequestsTest, retry_of_other_process_is_a_restart) {
    requests.take({FrameType::accept, one});
    requests.take({FrameType::retry, second_process});
    EXPECT_EQ(unknown_outcomes(requests), MessageIds{two});
    EXPECT_EQ(written(requests), MessageIds{one});
    requests.take({FrameType::accept, one});
    requests.take({FrameType::retry, second_process});  // its name was kept: no restart this time
    EXPECT_TRUE(unknown_outcomes(requests).empty());
    EXPECT_EQ(written(requests), MessageIds{one});
}

TEST(requests, first_name_after_accept_is_unknown_process) {
    Requests requests;
    requests.claimed();
    requests.add(one, any, may_repeat);
    requests.add(two, any, only_once);
    requests.add(three, any, only_once);
    EXPECT_EQ(written(requests).size(), 3U);
    requests.take({FrameType::accept, one});
    requests.take({FrameType::accept, two});
    requests.take({FrameType::retry, first_process});
    EXPECT_EQ(unknown_outcomes(requests), MessageIds{two});
    EXPECT_EQ(written(requests), (MessageIds{one, three}));  // three: the retry frame crossed it
}

TEST_F(RequestsTest, lost_link_waits_for_the_name) {
    requests.take({FrameType::accept, one});
    requests.lost();
    EXPECT_EQ(written(requests), MessageIds{});
    requests.claimed();
    EXPECT_TRUE(requests.awaits_name());
    requests.add(three, any, only_once);
    EXPECT_EQ(written(requests), MessageIds{});
}

TEST_F(RequestsTest, lost_link_same_process_repeats_unanswered) {
    requests.take({FrameType::accept, one});
    requests.lost();
    requests.claimed();
    requests.take({FrameType::retry, first_process});
    EXPECT_FALSE(requests.awaits_name());
    EXPECT_EQ(written(requests), (MessageIds{one, two}));
    EXPECT_TRUE(requests.take_finished().empty());
}

TEST_F(RequestsTest, lost_link_other_process_repeats_safe) {
    requests.lost();
    requests.claimed();
    requests.add(three, any, only_once);  // it was never sent, so it was not executed
    requests.take({FrameType::retry, second_process});
    EXPECT_EQ(unknown_outcomes(requests), MessageIds{two});
    EXPECT_EQ(written(requests), (MessageIds{one, three}));
}

TEST_F(RequestsTest, lost_link_old_peer_is_other_process) {
    requests.lost();
    requests.claimed();
    requests.take({FrameType::retry, nobody});
    EXPECT_EQ(unknown_outcomes(requests), MessageIds{two});
    EXPECT_EQ(written(requests), MessageIds{one});
}

TEST_F(RequestsTest, lost_link_no_name_is_other_process) {
    requests.lost();
    requests.claimed();
    requests.unnamed();
    EXPECT_FALSE(requests.awaits_name());
    EXPECT_EQ(unknown_outcomes(requests), MessageIds{two});
    EXPECT_EQ(written(requests), MessageIds{one});
    requests.unnamed();  // too late to matter
    EXPECT_EQ(written(requests), MessageIds{});
}

TEST_F(RequestsTest, name_is_kept_over_a_nameless_link) {
    requests.lost();
    requests.claimed();
    requests.lost();
    requests.claimed();
    EXPECT_TRUE(requests.awaits_name());
    requests.take({FrameType::retry, first_process});
    EXPECT_EQ(written(requests), (MessageIds{one, two}));
}

TEST_F(RequestsTest, old_name_ignores_new_requests) {
    requests.take({FrameType::response, one, {}});
    requests.take({FrameType::response, two, {}});
    requests.take_finished();
    requests.lost();
    requests.claimed();
    requests.add(three, any, only_once);
    EXPECT_EQ(written(requests), MessageIds{three});
    requests.take({FrameType::retry, second_process});  // its first frame crossed ours
    EXPECT_TRUE(requests.take_finished().empty());
    EXPECT_EQ(written(requests), MessageIds{three});
}

TEST_F(RequestsTest, forgotten_request_is_not_repeated) {
    requests.forget(one);
    requests.lost();
    requests.claimed();
    requests.take({FrameType::retry, first_process});
    EXPECT_EQ(written(requests), MessageIds{two});
}

TEST(requests, are_bounded) {
    Requests requests;
    for (std::size_t count = 0; count < Requests::most; ++count)
        ASSERT_TRUE(requests.add(random_id(), any, may_repeat));
    EXPECT_FALSE(requests.add(one, any, may_repeat));
}

TEST_F(RequestsTest, unexpected_frames_are_ignored) {
    requests.take({FrameType::request, one, {1}});
    requests.take({FrameType::keep_alive, nobody});
    EXPECT_TRUE(requests.take_finished().empty());
    EXPECT_EQ(written(requests), MessageIds{});
}

}  // namespace
}  // namespace revenant::host
