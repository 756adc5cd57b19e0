#include "test/unit/gadget/session/fake_pipe.hpp"

namespace revenant::gadget {
namespace {

using namespace test;

class gadget_channel_write : public ChannelTest {};

TEST_F(gadget_channel_write, frames_leave_in_order_each_as_one_transfer) {
    with_channel([&](FakePipe& pipe, Channel& channel) -> awaitable<void> {
        auto& broker = session();
        broker.respond(id(1), Bytes(5000, 'x'));
        broker.respond(id(2), {});
        pipe.hold_writes(true);
        channel.attach(broker);
        co_await until([&] { return pipe.writing; });
        EXPECT_FALSE(channel.writing()) << "nobody has been heard who would read it";
        broker.packet(encode(FrameType::keep_alive, MessageId{}));
        EXPECT_TRUE(channel.writing());
        pipe.hold_writes(false);
        co_await until([&] { return pipe.written.size() == 3; });
        co_await settle();
        EXPECT_EQ(pipe.written[1].size(), 5023U);
        EXPECT_EQ(pipe.written[2], encode(FrameType::response, id(2)));
        EXPECT_EQ(counters.frames_sent, 3U);
        EXPECT_FALSE(channel.writing());
        EXPECT_EQ(pipe.writes_posted, 3) << "nothing is written that is not there";
    });
}

TEST_F(gadget_channel_write, what_is_queued_when_its_session_ends_counts_as_dropped) {
    with_channel([&](FakePipe& pipe, Channel& channel) -> awaitable<void> {
        auto& broker = session();
        broker.respond(id(1), {});
        pipe.hold_writes(true);
        channel.attach(broker);
        co_await until([&] { return pipe.writing; });
        channel.detach();
        EXPECT_EQ(counters.frames_dropped, 1U) << "the retry frame is on its way, the response is not";
        pipe.hold_writes(false);
        co_await until([&] { return counters.frames_sent == 1; });
    });
}

TEST_F(gadget_channel_write, whoever_watches_the_counters_is_told_when_they_move) {
    with_channel([&](FakePipe& pipe, Channel& channel) -> awaitable<void> {
        channel.attach(session());
        co_await until([&] { return counters.frames_sent == 1; });
        co_await settle();
        EXPECT_EQ(counted, 1);
        pipe.packet(bytes("garbage"));
        co_await until([&] { return counters.packets == 1; });
        co_await settle();
        EXPECT_EQ(counted, 2);
    });
}

TEST_F(gadget_channel_write, who_waits_until_all_has_left_is_told) {
    with_channel([&](FakePipe& pipe, Channel& channel) -> awaitable<void> {
        auto& broker = session();
        pipe.hold_writes(true);
        pipe.packet(request(1));
        channel.attach(broker);
        co_await until([&] { return pipe.writing && !requests.empty(); });
        bool told = false;
        const auto wait = [&]() -> awaitable<void> {
            while (channel.writing())
                co_await channel.progress();
            told = true;
        };
        group->spawn(wait());
        co_await settle();
        EXPECT_FALSE(told);
        pipe.hold_writes(false);
        co_await until([&] { return told; });
    });
}

TEST_F(gadget_channel_write, a_passing_failure_is_tried_again_with_growing_pauses) {
    with_channel([&](FakePipe& pipe, Channel& channel) -> awaitable<void> {
        auto& broker = session();
        pipe.script_writes({EAGAIN, EAGAIN});
        const auto since = std::chrono::steady_clock::now();
        channel.attach(broker);
        co_await until([&] { return !pipe.written.empty(); });
        EXPECT_GE(std::chrono::steady_clock::now() - since, 30ms);
        EXPECT_EQ(pipe.writes_posted, 3);
        EXPECT_EQ(pipe.written, Frames{retry()}) << "once";
        EXPECT_EQ(counters.write_retries, 2U);
        EXPECT_EQ(counters.frames_dropped, 0U);
    });
}

TEST_F(gadget_channel_write, the_pauses_begin_anew_after_a_success) {
    with_channel([&](FakePipe& pipe, Channel& channel) -> awaitable<void> {
        auto& broker = session();
        pipe.script_writes(
            {EAGAIN, EAGAIN, EAGAIN, EAGAIN, EAGAIN, EAGAIN, EAGAIN, 0, EAGAIN});  // the last one 640 ms, then 10
        channel.attach(broker);
        co_await until([&] { return pipe.written.size() == 1; });
        const auto since = std::chrono::steady_clock::now();
        broker.respond(id(1), {});
        channel.wake();
        co_await until([&] { return pipe.written.size() == 2; });
        EXPECT_LT(std::chrono::steady_clock::now() - since, 1s) << "the next of the first row of pauses";
    });
}

TEST_F(gadget_channel_write, a_pause_is_not_cut_short_by_other_news) {
    with_channel([&](FakePipe& pipe, Channel& channel) -> awaitable<void> {
        auto& broker = session();
        pipe.script_writes({EAGAIN, EAGAIN});
        channel.attach(broker);
        co_await until([&] { return pipe.writes_posted == 2; });
        const auto since = std::chrono::steady_clock::now();
        while (pipe.written.empty()) {
            channel.wake();
            co_await settle();
        }
        EXPECT_GE(std::chrono::steady_clock::now() - since, 15ms);
        EXPECT_EQ(pipe.writes_posted, 3);
    });
}

TEST_F(gadget_channel_write, a_retry_ends_at_once_with_its_session_whenever_that_ends) {
    for (int turns = 0; turns < 40; ++turns)
        with_channel([&](FakePipe& pipe, Channel& channel) -> awaitable<void> {
            auto& broker = session();
            pipe.script_writes(std::vector(100, EAGAIN));
            channel.attach(broker);
            co_await until([&] { return pipe.writes_posted == 1; });
            const auto executor = co_await asio::this_coro::executor;
            for (int turn = 0; turn < turns; ++turn)
                co_await asio::post(executor, use_awaitable);
            const auto dropped = counters.frames_dropped;
            const auto posted = pipe.writes_posted;
            channel.detach();
            co_await settle();
            EXPECT_EQ(counters.frames_dropped, dropped + 1) << "detached after " << turns << " turns of the loop";
            EXPECT_EQ(pipe.writes_posted, posted);
        });
}

TEST_F(gadget_channel_write, the_next_session_does_not_wait_for_the_old_ones_retry) {
    with_channel([&](FakePipe& pipe, Channel& channel) -> awaitable<void> {
        auto& first = session();
        pipe.script_writes({EAGAIN, EAGAIN, EAGAIN, EAGAIN});
        channel.attach(first);
        co_await until([&] { return pipe.writes_posted == 4; });
        co_await settle();
        auto& second = session();
        channel.attach(second);
        co_await settle();
        EXPECT_EQ(pipe.written, Frames{retry()});
        EXPECT_EQ(counters.frames_dropped, 1U);
    });
}

TEST_F(gadget_channel_write, a_transfer_in_flight_outlives_its_session) {
    with_channel([&](FakePipe& pipe, Channel& channel) -> awaitable<void> {
        auto& first = session();
        pipe.hold_writes(true);
        channel.attach(first);
        co_await until([&] { return pipe.writing; });
        channel.detach();
        auto& second = session();
        channel.attach(second);
        co_await settle();
        EXPECT_EQ(pipe.writes_posted, 1);
        pipe.hold_writes(false);
        co_await until([&] { return pipe.written.size() == 2; });
        EXPECT_EQ(counters.frames_dropped, 0U);
    });
}

TEST_F(gadget_channel_write, a_frame_whose_transfer_is_lost_is_dropped_and_not_tried_again) {
    with_channel([&](FakePipe& pipe, Channel& channel) -> awaitable<void> {
        auto& broker = session();
        broker.respond(id(1), {});
        pipe.script_writes({ESHUTDOWN});
        channel.attach(broker);
        co_await until([&] { return pipe.written.size() == 1; });
        EXPECT_EQ(pipe.written, Frames{encode(FrameType::response, id(1))});
        EXPECT_EQ(counters.frames_dropped, 1U);
        EXPECT_EQ(counters.write_retries, 0U);
    });
}

TEST_F(gadget_channel_write, an_endpoint_of_no_more_use_ends_the_program) {
    const auto fail = [&](FakePipe& pipe, Channel& channel) -> awaitable<void> {
        auto& broker = session();
        pipe.script_writes({EIO});
        channel.attach(broker);
        co_await group->finished();
    };
    EXPECT_THROW(with_channel(fail), std::runtime_error);
}

}  // namespace
}  // namespace revenant::gadget
