#include "gadget/session/broker.hpp"

#include <gtest/gtest.h>

#include "test/support/gadget/gadget_fixture.hpp"

namespace revenant::gadget {
namespace {

using namespace test;

class gadget_broker : public testing::Test {
protected:
    void packet(ByteView frame) {
        broker.packet(frame);
        while (broker.start_request()) {
        }
    }
    Bytes taken() { return broker.take_frame().value_or(Bytes{}); }
    void take_retry() { EXPECT_EQ(taken(), encode(FrameType::retry, process_name)); }
    static Bytes request(std::uint8_t number, std::string_view payload = "do it") {
        return encode(FrameType::request, id(number), bytes(payload));
    }

    const MessageId process_name = id(0x77);
    Counters counters;
    std::vector<std::pair<MessageId, Bytes>> requests;
    std::vector<bool> accepted_before;
    Broker broker{1000, process_name, counters, [this](const MessageId& id, ByteView payload) {
                      accepted_before.push_back(broker.queued() > 0);
                      requests.emplace_back(id, Bytes(payload.begin(), payload.end()));
                  }};
};

TEST_F(gadget_broker, first_frame_is_retry_with_process_name) {
    EXPECT_GT(broker.queued(), 0U);
    auto expected = Bytes{0x56, 0x04};
    expected.insert(expected.end(), 16, 0x77);
    expected.insert(expected.end(), {0, 0, 0, 0, 0x56 ^ 0x04});
    EXPECT_EQ(taken(), expected);
    EXPECT_EQ(broker.queued(), 0U);
    EXPECT_EQ(broker.take_frame(), std::nullopt);
}

TEST_F(gadget_broker, request_is_accepted_before_execution) {
    take_retry();
    packet(request(1));
    EXPECT_EQ(accepted_before, std::vector{true});
    EXPECT_EQ(requests, (std::vector{std::pair{id(1), bytes("do it")}}));
    EXPECT_EQ(taken(), encode(FrameType::accept, id(1)));
    EXPECT_EQ(broker.take_frame(), std::nullopt);
}

TEST_F(gadget_broker, starts_one_request_at_a_time) {
    take_retry();
    auto both = request(1);
    const auto second = request(2);
    both.insert(both.end(), second.begin(), second.end());
    broker.packet(both);
    EXPECT_TRUE(requests.empty());
    EXPECT_EQ(broker.queued(), 0U) << "accepted when it is started: a lost session repeats the others";
    EXPECT_TRUE(broker.start_request());
    EXPECT_EQ(requests.size(), 1U);
    EXPECT_EQ(taken(), encode(FrameType::accept, id(1)));
    EXPECT_EQ(broker.queued(), 0U);
    EXPECT_TRUE(broker.start_request());
    EXPECT_EQ(requests.back().first, id(2));
    EXPECT_FALSE(broker.start_request());
}

TEST_F(gadget_broker, duplicate_is_accepted_and_passed_on) {
    take_retry();
    packet(request(1));
    packet(request(1));
    EXPECT_EQ(requests.size(), 2U);
    EXPECT_EQ(taken(), encode(FrameType::accept, id(1)));
    EXPECT_EQ(taken(), encode(FrameType::accept, id(1)));
}

TEST_F(gadget_broker, response_frame_has_request_id) {
    take_retry();
    broker.respond(id(9), bytes("done"));
    auto expected = Bytes{0x56, 0x02};
    expected.insert(expected.end(), 16, 9);
    expected.insert(expected.end(), {4, 0, 0, 0, 0x56 ^ 0x02 ^ 4, 'd', 'o', 'n', 'e'});
    EXPECT_EQ(taken(), expected);
}

TEST_F(gadget_broker, non_request_frames_are_ignored) {
    take_retry();
    packet(encode(FrameType::keep_alive, MessageId{}));
    packet(encode(FrameType::accept, id(1)));
    packet(encode(FrameType::retry, id(1)));
    packet(encode(FrameType::response, id(1), bytes("?")));
    EXPECT_EQ(broker.queued(), 0U);
    EXPECT_TRUE(requests.empty());
    EXPECT_EQ(counters.frames, 4U);
    EXPECT_EQ(counters.packets, 4U);
}

TEST_F(gadget_broker, split_and_joined_frames_are_decoded) {
    auto all = request(1);
    const auto second = request(2);
    all.insert(all.end(), second.begin(), second.end());
    for (const auto byte : all) {
        const std::array one{byte};
        packet(one);
    }
    EXPECT_EQ(requests.size(), 2U);
    packet(all);
    EXPECT_EQ(requests.size(), 4U);
    EXPECT_FALSE(broker.incomplete());
}

TEST_F(gadget_broker, empty_packet_discards_incomplete_frame) {
    auto half = request(1);
    half.resize(25);
    packet(half);
    EXPECT_TRUE(broker.incomplete());
    broker.packet({});
    EXPECT_FALSE(broker.incomplete());
    EXPECT_EQ(counters.partial_dropped, 1U);
    packet(request(2));
    EXPECT_EQ(requests, (std::vector{std::pair{id(2), bytes("do it")}}));
}

TEST_F(gadget_broker, empty_packet_between_frames_is_ignored) {
    packet(request(1));
    broker.packet({});
    broker.packet({});
    EXPECT_EQ(counters.partial_dropped, 0U);
    EXPECT_EQ(counters.packets, 3U);
}

TEST_F(gadget_broker, oversized_frame_is_skipped) {
    packet(encode(FrameType::request, id(1), Bytes(1000, 'x')));
    EXPECT_EQ(requests.size(), 1U);
    packet(encode(FrameType::request, id(2), Bytes(1001, 'x')));
    packet(request(3));
    ASSERT_EQ(requests.size(), 2U);
    EXPECT_EQ(requests.back().first, id(3));
}

TEST_F(gadget_broker, wants_no_more_with_64_frames_queued) {
    take_retry();
    for (std::uint8_t number = 0; number < 63; ++number)
        broker.respond(id(number), bytes("done"));
    EXPECT_TRUE(broker.wants_more());
    broker.respond(id(63), bytes("done"));
    EXPECT_FALSE(broker.wants_more());
    taken();
    EXPECT_TRUE(broker.wants_more());
}

TEST_F(gadget_broker, wants_no_more_with_256_kib_queued) {
    take_retry();
    broker.respond(id(1), Bytes((256 << 10) - frame_header_size - 1));
    EXPECT_TRUE(broker.wants_more());
    broker.respond(id(2), {});
    EXPECT_FALSE(broker.wants_more());
    taken();
    EXPECT_TRUE(broker.wants_more()) << "frames taken do not count";
    taken();
    EXPECT_EQ(broker.queued(), 0U);
}

}  // namespace
}  // namespace revenant::gadget
