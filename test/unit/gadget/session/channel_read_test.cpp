#include <thread>

#include "test/unit/gadget/session/fake_pipe.hpp"

namespace revenant::gadget {
namespace {

using namespace test;
using State = ReaderState;

class gadget_channel_read : public ChannelTest {};

TEST_F(gadget_channel_read, no_read_before_first_session) {
    with_channel([&](FakePipe& pipe, Channel& channel) -> awaitable<void> {
        co_await settle();
        EXPECT_EQ(pipe.reads_posted, 0);
        EXPECT_EQ(channel.reader(), State::parked);
    });
}

TEST_F(gadget_channel_read, one_read_posted_packet_reaches_session) {
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

TEST_F(gadget_channel_read, others_run_between_requests_of_a_packet) {
    with_channel([&](FakePipe& pipe, Channel& channel) -> awaitable<void> {
        auto& broker = session();
        channel.attach(broker);
        co_await until([&] { return pipe.reading; });
        Bytes full;
        for (std::uint8_t number = 0; number < 30; ++number) {
            const auto one = request(number);
            full.insert(full.end(), one.begin(), one.end());
        }
        pipe.packet(full);
        const auto executor = co_await asio::this_coro::executor;
        std::size_t most_per_turn = 0, before = 0;
        while (requests.size() < 30) {
            co_await asio::post(executor, use_awaitable);
            most_per_turn = std::max(most_per_turn, requests.size() - before);
            before = requests.size();
        }
        EXPECT_LE(most_per_turn, 2U);
    });
}

TEST_F(gadget_channel_read, deaf_host_starts_no_more_requests) {
    with_channel([&](FakePipe& pipe, Channel& channel) -> awaitable<void> {
        auto& broker = session();
        channel.attach(broker);
        co_await until([&] { return pipe.reading; });
        pipe.hold_writes(true);
        for (std::uint8_t number = 0; number < 63; ++number)
            broker.respond(id(number), bytes("done"));
        Bytes full;
        for (std::uint8_t number = 0; number < 30; ++number) {
            const auto one = request(number);
            full.insert(full.end(), one.begin(), one.end());
        }
        pipe.packet(full);
        co_await settle();
        EXPECT_LE(requests.size(), 2U) << "each accept takes a place in the queue";
        EXPECT_EQ(channel.reader(), State::paused);
        pipe.hold_writes(false);
        co_await until([&] { return requests.size() == 30; });
    });
}

TEST_F(gadget_channel_read, detach_keeps_read_and_holds_packet) {
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
        EXPECT_EQ(pipe.reads_posted, 1) << "no further read while a packet is held";
        EXPECT_TRUE(requests.empty());
        auto& second = session();
        channel.attach(second);
        co_await until([&] { return pipe.reads_posted == 2; });
        EXPECT_EQ(requests, std::vector{1});
        EXPECT_EQ(counters.packets_dropped, 0U);
    });
}

TEST_F(gadget_channel_read, pending_read_serves_next_session) {
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

TEST_F(gadget_channel_read, held_packet_is_dropped_after_disable) {
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
        EXPECT_EQ(requests, std::vector{2}) << "only the held packet was stale";
    });
}

TEST_F(gadget_channel_read, packet_after_known_disable_is_dropped) {
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

TEST_F(gadget_channel_read, held_packet_is_dropped_after_second_enable) {
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

TEST_F(gadget_channel_read, reading_pauses_while_host_does_not_read) {
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
        co_await until(
            [&] { return pipe.reads_posted > before; });  // as soon as there is room, not only when the queue is empty
        pipe.hold_writes(false);
        co_await until([&] { return requests.size() == 200; });
        co_await until([&] { return pipe.written.size() == 201; });
        EXPECT_EQ(channel.reader(), State::armed);
    });
}

TEST_F(gadget_channel_read, incomplete_frame_is_dropped_after_silence) {
    with_channel([&](FakePipe& pipe, Channel& channel) -> awaitable<void> {
        auto& broker = session();
        channel.attach(broker);
        pipe.packet(half_a_request());
        co_await settle();
        co_await turn_clock(max_silence - 1min);
        EXPECT_EQ(counters.partial_dropped, 0U);
        co_await turn_clock(1min);
        co_await turn_clock(second_look);
        EXPECT_EQ(counters.partial_dropped, 1U);
        EXPECT_TRUE(pipe.reading);
        co_await until([&] { return pipe.written.size() == 2; });
        EXPECT_EQ(pipe.written[1], pipe.written[0]) << "the host is asked to repeat what was lost";
        pipe.packet(request(1));
        co_await until([&] { return !requests.empty(); });
        EXPECT_EQ(requests, std::vector{1});
    });
}

/// A gadget that was stopped finds the limit and the rest of the frame at the same time.
TEST_F(gadget_channel_read, rest_of_a_frame_after_a_stop_is_read) {
    with_channel([&](FakePipe& pipe, Channel& channel) -> awaitable<void> {
        auto& broker = session();
        channel.attach(broker);
        const auto whole = request(99), half = half_a_request();
        pipe.packet(half);
        co_await until([&] { return pipe.reads_posted == 2; });
        co_await settle();
        Timer after_limit{co_await asio::this_coro::executor, 2 * max_silence};
        after_limit.async_wait([&](error_code) {
            pipe.packet(Bytes{whole.begin() + static_cast<std::ptrdiff_t>(half.size()), whole.end()});
        });
        co_await turn_clock(2 * max_silence);
        co_await turn_clock(second_look);
        EXPECT_EQ(requests, std::vector{99});
        EXPECT_EQ(counters.partial_dropped, 0U);
    });
}

TEST_F(gadget_channel_read, each_byte_restarts_silence_timer) {
    with_channel([&](FakePipe& pipe, Channel& channel) -> awaitable<void> {
        auto& broker = session();
        channel.attach(broker);
        for (const auto byte : request(1)) {
            pipe.packet(Bytes(1, byte));
            co_await settle();
            co_await turn_clock(max_silence - 1min);
        }
        EXPECT_EQ(requests, std::vector{1});
        EXPECT_EQ(counters.partial_dropped, 0U);
    });
}

TEST_F(gadget_channel_read, silence_outlasting_session_drops_nothing) {
    with_channel([&](FakePipe& pipe, Channel& channel) -> awaitable<void> {
        auto& first = session();
        channel.attach(first);
        pipe.packet(half_a_request());
        co_await until([&] { return pipe.reads_posted == 2; });
        channel.detach();
        co_await turn_clock(2 * max_silence);
        co_await turn_clock(second_look);
        EXPECT_EQ(counters.partial_dropped, 0U);
    });
}

TEST_F(gadget_channel_read, failed_read_waits_for_next_session) {
    with_channel([&](FakePipe& pipe, Channel& channel) -> awaitable<void> {
        auto& first = session();
        channel.attach(first);
        co_await until([&] { return pipe.reading; });
        pipe.fail_read(ESHUTDOWN);
        co_await until([&] { return channel.reader() == State::parked; });
        co_await settle();
        EXPECT_EQ(pipe.reads_posted, 1) << "no busy loop";
        channel.detach();
        co_await settle();
        EXPECT_EQ(pipe.reads_posted, 1);
        auto& second = session();
        channel.attach(second);
        co_await until([&] { return pipe.reading; });
        EXPECT_EQ(pipe.reads_posted, 2);
    });
}

TEST_F(gadget_channel_read, read_failing_after_attach_is_retried_at_once) {
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

TEST_F(gadget_channel_read, read_outliving_disable_serves_next_session) {
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
        EXPECT_EQ(requests, std::vector{1}) << "on USB a posted read waits for the next enable";
        EXPECT_EQ(counters.packets_dropped, 0U);
    });
}

}  // namespace
}  // namespace revenant::gadget
