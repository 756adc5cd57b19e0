#include "test/unit/gadget/session/fake_pipe.hpp"

namespace revenant::gadget {
namespace {

using namespace test;

class gadget_channel_write : public ChannelTest {};

TEST_F(gadget_channel_write, frames_are_sent_in_order_one_per_transfer) {
    with_channel([&](FakePipe& pipe, Channel& channel) -> awaitable<void> {
        auto& broker = session();
        broker.respond(id(1), Bytes(5000, 'x'));
        broker.respond(id(2), {});
        pipe.hold_writes(true);
        channel.attach(broker);
        co_await until([&] { return pipe.writing; });
        EXPECT_FALSE(channel.writing()) << "the host has sent nothing yet";
        broker.packet(encode(FrameType::keep_alive, MessageId{}));
        EXPECT_TRUE(channel.writing());
        pipe.hold_writes(false);
        co_await until([&] { return pipe.written.size() == 3; });
        co_await settle();
        EXPECT_EQ(pipe.written[1].size(), 5023U);
        EXPECT_EQ(pipe.written[2], encode(FrameType::response, id(2)));
        EXPECT_EQ(counters.frames_sent, 3U);
        EXPECT_FALSE(channel.writing());
        EXPECT_EQ(pipe.writes_posted, 3) << "no write without a frame";
    });
}

TEST_F(gadget_channel_write, queued_frames_are_dropped_at_session_end) {
    with_channel([&](FakePipe& pipe, Channel& channel) -> awaitable<void> {
        auto& broker = session();
        broker.respond(id(1), {});
        pipe.hold_writes(true);
        channel.attach(broker);
        co_await until([&] { return pipe.writing; });
        channel.detach();
        EXPECT_EQ(counters.frames_dropped, 1U) << "the retry frame is in flight, the response is not";
        pipe.hold_writes(false);
        co_await until([&] { return counters.frames_sent == 1; });
    });
}

TEST_F(gadget_channel_write, counter_changes_are_reported) {
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

TEST_F(gadget_channel_write, progress_reports_all_frames_sent) {
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

TEST_F(gadget_channel_write, transient_error_is_retried_with_backoff) {
    with_channel([&](FakePipe& pipe, Channel& channel) -> awaitable<void> {
        auto& broker = session();
        pipe.script_writes({EAGAIN, EAGAIN});
        const auto since = Clock::now();
        channel.attach(broker);
        co_await until([&] { return !pipe.written.empty(); });
        EXPECT_GE(Clock::now() - since, 30ms);
        EXPECT_EQ(pipe.writes_posted, 3);
        EXPECT_EQ(pipe.written, Frames{retry()}) << "sent once";
        EXPECT_EQ(counters.write_retries, 2U);
        EXPECT_EQ(counters.frames_dropped, 0U);
    });
}

TEST_F(gadget_channel_write, success_resets_backoff) {
    with_channel([&](FakePipe& pipe, Channel& channel) -> awaitable<void> {
        auto& broker = session();
        pipe.script_writes({EAGAIN, EAGAIN, EAGAIN, EAGAIN, EAGAIN, EAGAIN, EAGAIN, 0, EAGAIN});
        channel.attach(broker);
        for (const auto pause : {10ms, 20ms, 40ms, 80ms, 160ms, 320ms, 640ms}) {
            co_await settle();
            EXPECT_TRUE(pipe.written.empty());
            co_await turn_clock(pause);
        }
        EXPECT_EQ(pipe.written.size(), 1U);
        broker.respond(id(1), {});
        channel.wake();
        co_await settle();
        co_await turn_clock(10ms);
        EXPECT_EQ(pipe.written.size(), 2U) << "the first pause again, not the next of the first series";
    });
}

TEST_F(gadget_channel_write, backoff_is_not_shortened_by_events) {
    with_channel([&](FakePipe& pipe, Channel& channel) -> awaitable<void> {
        auto& broker = session();
        pipe.script_writes({EAGAIN, EAGAIN});
        channel.attach(broker);
        co_await until([&] { return pipe.writes_posted == 2; });
        const auto since = Clock::now();
        while (pipe.written.empty()) {
            channel.wake();
            co_await settle();
        }
        EXPECT_GE(Clock::now() - since, 15ms);
        EXPECT_EQ(pipe.writes_posted, 3);
    });
}

TEST_F(gadget_channel_write, session_end_cancels_retry) {
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

TEST_F(gadget_channel_write, next_session_does_not_wait_for_old_retry) {
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

TEST_F(gadget_channel_write, transfer_in_flight_outlives_session) {
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

TEST_F(gadget_channel_write, lost_transfer_drops_frame) {
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

TEST_F(gadget_channel_write, unusable_endpoint_throws) {
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
