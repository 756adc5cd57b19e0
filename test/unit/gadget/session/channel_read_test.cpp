#include "test/unit/gadget/session/fake_pipe.hpp"

namespace revenant::gadget {
namespace {

using namespace test;
using State = ReaderState;

class gadget_channel_read : public ChannelTest {};

TEST_F(gadget_channel_read, nothing_is_read_before_the_first_session) {
    with_channel([&](FakePipe& pipe, Channel& channel) -> awaitable<void> {
        co_await settle();
        EXPECT_EQ(pipe.reads_posted, 0);
        EXPECT_EQ(channel.reader(), State::parked);
    });
}

TEST_F(gadget_channel_read, one_read_is_posted_at_a_time_and_its_packet_reaches_the_session) {
    with_channel([&](FakePipe& pipe, Channel& channel) -> awaitable<void> {
        auto& broker = session();
        channel.attach(broker);
        co_await until([&] { return pipe.reading; });
        EXPECT_EQ(channel.reader(), State::armed);
        pipe.packet(request(1));
        pipe.packet(request(2));
        co_await until([&] { return pipe.reads_posted == 3; });
        EXPECT_EQ(requests, (std::vector{1, 2}));
        co_await until([&] { return pipe.written.size() == 3; });
        EXPECT_EQ(pipe.written, (Frames{retry(), accept(1), accept(2)}));
    });
}

TEST_F(gadget_channel_read, a_detach_leaves_the_read_and_the_next_session_gets_the_packet_that_came_without_one) {
    with_channel([&](FakePipe& pipe, Channel& channel) -> awaitable<void> {
        auto& first = session();
        channel.attach(first);
        co_await until([&] { return pipe.reading; });
        channel.detach();
        co_await settle();
        EXPECT_TRUE(pipe.reading) << "a transfer is never cancelled";
        pipe.packet(request(1));
        co_await settle();
        EXPECT_EQ(channel.reader(), State::parked);
        EXPECT_EQ(pipe.reads_posted, 1) << "the host must wait";
        EXPECT_TRUE(requests.empty());
        auto& second = session();
        channel.attach(second);
        co_await until([&] { return pipe.reads_posted == 2; });
        EXPECT_EQ(requests, std::vector{1});
        EXPECT_EQ(counters.packets_dropped, 0U);
    });
}

TEST_F(gadget_channel_read, the_read_that_outlived_a_session_serves_the_next) {
    with_channel([&](FakePipe& pipe, Channel& channel) -> awaitable<void> {
        auto& first = session();
        channel.attach(first);
        co_await until([&] { return pipe.reading; });
        auto& second = session();
        channel.attach(second);
        co_await settle();
        EXPECT_EQ(pipe.reads_posted, 1);
        pipe.packet(request(1));
        co_await until([&] { return pipe.reads_posted == 2; });
        EXPECT_EQ(requests, std::vector{1});
    });
}

TEST_F(gadget_channel_read, a_held_packet_is_of_the_past_after_a_disable) {
    with_channel([&](FakePipe& pipe, Channel& channel) -> awaitable<void> {
        auto& first = session();
        channel.attach(first);
        co_await until([&] { return pipe.reading; });
        channel.detach();
        pipe.packet(request(1));
        co_await until([&] { return !pipe.reading; });
        channel.forget_held();
        auto& second = session();
        channel.attach(second);
        co_await until([&] { return pipe.reads_posted == 2; });
        EXPECT_TRUE(requests.empty());
        EXPECT_EQ(counters.packets_dropped, 1U);
        pipe.packet(request(2));
        co_await until([&] { return pipe.reads_posted == 3; });
        EXPECT_EQ(requests, std::vector{2}) << "only the held one was of the past";
    });
}

TEST_F(gadget_channel_read, a_packet_is_of_the_past_too_when_the_disable_is_heard_of_before_it) {
    with_channel([&](FakePipe& pipe, Channel& channel) -> awaitable<void> {
        auto& first = session();
        channel.attach(first);
        co_await until([&] { return pipe.reading; });
        channel.detach();
        channel.forget_held();
        pipe.packet(request(1));
        co_await settle();
        auto& second = session();
        channel.attach(second);
        co_await until([&] { return pipe.reads_posted == 2; });
        EXPECT_TRUE(requests.empty());
    });
}

TEST_F(gadget_channel_read, a_held_packet_is_of_the_past_after_a_further_enable) {
    with_channel([&](FakePipe& pipe, Channel& channel) -> awaitable<void> {
        auto& first = session();
        channel.attach(first);
        co_await until([&] { return pipe.reading; });
        channel.detach();
        pipe.packet(request(1));
        co_await until([&] { return !pipe.reading; });
        auto& second = session();
        channel.attach(second);
        channel.detach();
        auto& third = session();
        channel.attach(third);
        co_await until([&] { return pipe.reads_posted == 2; });
        EXPECT_TRUE(requests.empty());
        EXPECT_EQ(counters.packets_dropped, 1U);
    });
}

TEST_F(gadget_channel_read, a_host_that_does_not_read_is_not_read_and_read_again_when_it_does) {
    with_channel([&](FakePipe& pipe, Channel& channel) -> awaitable<void> {
        auto& broker = session();
        pipe.hold_writes(true);
        channel.attach(broker);
        for (int packet = 0; packet < 200; ++packet)
            pipe.packet(request(1));
        co_await until([&] { return channel.reader() == State::paused; });
        co_await settle();
        const auto before = pipe.reads_posted;
        EXPECT_GE(before, 63);
        EXPECT_LE(before, 65);
        EXPECT_FALSE(pipe.reading);
        pipe.let_writes(5);
        co_await until([&] { return pipe.reads_posted > before; });  // as soon as there is room, not when all has left
        pipe.hold_writes(false);
        co_await until([&] { return requests.size() == 200; });
        co_await until([&] { return pipe.written.size() == 201; });
        EXPECT_EQ(channel.reader(), State::armed);
    });
}

TEST_F(gadget_channel_read, a_frame_whose_rest_does_not_come_is_dropped) {
    with_channel(
        [&](FakePipe& pipe, Channel& channel) -> awaitable<void> {
            auto& broker = session();
            channel.attach(broker);
            pipe.packet(half_a_request());
            const auto since = std::chrono::steady_clock::now();
            co_await until([&] { return counters.partial_dropped == 1; });
            EXPECT_GE(std::chrono::steady_clock::now() - since, 25ms);
            EXPECT_TRUE(pipe.reading);
            pipe.packet(request(1));
            co_await until([&] { return !requests.empty(); });
            EXPECT_EQ(requests, std::vector{1});
        },
        30ms);
}

TEST_F(gadget_channel_read, each_byte_of_a_frame_begins_a_new_silence) {
    with_channel(
        [&](FakePipe& pipe, Channel& channel) -> awaitable<void> {
            auto& broker = session();
            channel.attach(broker);
            asio::steady_timer pause{co_await asio::this_coro::executor};
            for (const auto byte : request(1)) {
                pipe.packet(Bytes(1, byte));
                pause.expires_after(6ms);
                co_await pause.async_wait(use_awaitable);
            }
            EXPECT_EQ(requests, std::vector{1});
            EXPECT_EQ(counters.partial_dropped, 0U);
        },
        120ms);
}

TEST_F(gadget_channel_read, a_silence_that_outlasts_its_session_drops_nothing) {
    with_channel(
        [&](FakePipe& pipe, Channel& channel) -> awaitable<void> {
            auto& first = session();
            channel.attach(first);
            pipe.packet(half_a_request());
            co_await until([&] { return pipe.reads_posted == 2; });
            channel.detach();
            asio::steady_timer pause{co_await asio::this_coro::executor, 30ms};
            co_await pause.async_wait(use_awaitable);
            EXPECT_EQ(counters.partial_dropped, 0U);
        },
        10ms);
}

TEST_F(gadget_channel_read, a_disabled_endpoint_waits_for_the_next_session) {
    with_channel([&](FakePipe& pipe, Channel& channel) -> awaitable<void> {
        auto& first = session();
        channel.attach(first);
        co_await until([&] { return pipe.reading; });
        pipe.fail_read(ESHUTDOWN);
        co_await until([&] { return channel.reader() == State::parked; });
        co_await settle();
        EXPECT_EQ(pipe.reads_posted, 1) << "it does not ask again and again";
        channel.detach();
        co_await settle();
        EXPECT_EQ(pipe.reads_posted, 1);
        auto& second = session();
        channel.attach(second);
        co_await until([&] { return pipe.reading; });
        EXPECT_EQ(pipe.reads_posted, 2);
    });
}

TEST_F(gadget_channel_read, a_session_that_began_before_the_old_read_failed_is_read_at_once) {
    with_channel([&](FakePipe& pipe, Channel& channel) -> awaitable<void> {
        auto& first = session();
        channel.attach(first);
        co_await until([&] { return pipe.reading; });
        channel.detach();
        auto& second = session();
        channel.attach(second);
        pipe.fail_read(ESHUTDOWN);
        co_await until([&] { return pipe.reads_posted == 2; });
        co_await settle();
        EXPECT_EQ(pipe.reads_posted, 2);
        EXPECT_TRUE(pipe.reading);
    });
}

TEST_F(gadget_channel_read, a_read_that_outlives_a_disable_serves_the_next_session) {
    with_channel([&](FakePipe& pipe, Channel& channel) -> awaitable<void> {
        auto& first = session();
        channel.attach(first);
        co_await until([&] { return pipe.reading; });
        channel.detach();
        channel.forget_held();
        co_await settle();
        auto& second = session();
        channel.attach(second);
        pipe.packet(request(1));
        co_await until([&] { return pipe.reads_posted == 2; });
        EXPECT_EQ(requests, std::vector{1}) << "on usb a posted read waits for the next enable";
        EXPECT_EQ(counters.packets_dropped, 0U);
    });
}

}  // namespace
}  // namespace revenant::gadget
