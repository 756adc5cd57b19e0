#include "gadget/usb/usb_pipe.hpp"

#include <spdlog/spdlog.h>

#include "common/async/task_group.hpp"
#include "test/unit/gadget/usb/gadget_function.hpp"

namespace revenant::gadget {
namespace {

using namespace test;

class gadget_usb_pipe : public testing::Test {
protected:
    struct Read {
        bool done = false;
        error_code failed;
        Bytes packet;
    };
    struct Write {
        bool done = false;
        error_code failed;
    };

    gadget_usb_pipe() {
        spdlog::set_level(spdlog::level::off);
        function.mount();
    }

    template <typename Body>
    void with_pipe(Body body) {
        run([&]() -> awaitable<void> {
            const auto executor = co_await asio::this_coro::executor;
            Aio aio{executor, function.kernel()};
            UsbPipe pipe{executor, aio, {function.file(1), function.file(2)}, function.ask(), [this] { ++parked; }};
            const auto both = [&](TaskGroup& tasks) -> awaitable<void> {
                group = &tasks;
                co_await body(pipe);
            };
            co_await with_group(both);
            EXPECT_EQ(aio.in_flight(), 0U);
        });
    }
    std::shared_ptr<Read> read(UsbPipe& pipe) {
        auto result = std::make_shared<Read>();
        group->spawn(read_into(pipe, result));
        return result;
    }
    std::shared_ptr<Write> write(UsbPipe& pipe, std::size_t size) {
        auto result = std::make_shared<Write>();
        group->spawn(write_from(pipe, Bytes(size, 'x'), result));
        return result;
    }
    void enable(UsbPipe& pipe) {
        function.enable();
        pipe.enabled();
    }
    awaitable<void> posted() {
        co_await until([this] { return function.pending(2) == 1; });
    }

    static awaitable<void> read_into(UsbPipe& pipe, std::shared_ptr<Read> result) {
        Bytes packet(max_packet);
        const auto [failed, size] = co_await pipe.read(asio::buffer(packet));
        packet.resize(size);
        *result = {true, failed, std::move(packet)};
    }
    static awaitable<void> write_from(UsbPipe& pipe, Bytes frame, std::shared_ptr<Write> result) {
        result->failed = co_await pipe.write(frame);
        result->done = true;
    }

    TemporaryDirectory directory;
    FakeFunction function{directory.path() / "ffs"};
    int parked = 0;
    TaskGroup* group = nullptr;
};

TEST_F(gadget_usb_pipe, nothing_opened_before_first_enable) {
    with_pipe([&](UsbPipe& pipe) -> awaitable<void> {
        const auto packet = read(pipe);
        co_await settle();
        EXPECT_EQ(function.submitted, 0);
        EXPECT_STREQ(pipe.out_state(), "closed");
        EXPECT_STREQ(pipe.in_state(), "closed");
        enable(pipe);
        co_await posted();
        EXPECT_STREQ(pipe.out_state(), "armed");
        EXPECT_STREQ(pipe.in_state(), "idle");
        function.send(2, bytes("hello"));
        co_await until([&] { return packet->done; });
        EXPECT_EQ(packet->packet, bytes("hello"));
        EXPECT_STREQ(pipe.out_state(), "idle");
        EXPECT_EQ(pipe.rearms(), 0U);
    });
}

TEST_F(gadget_usb_pipe, read_size_is_max_packet_of_bus_speed) {
    with_pipe([&](UsbPipe& pipe) -> awaitable<void> {
        for (const auto size : {512U, 64U, 1024U}) {
            function.max_packet = size;
            const auto packet = read(pipe);
            enable(pipe);
            co_await posted();
            EXPECT_EQ(function.asked(2), size);
            EXPECT_EQ(pipe.max_packet(), size);
            function.send(2, Bytes(size, 'x'));
            co_await until([&] { return packet->done; });
            EXPECT_EQ(packet->packet.size(), size);
            function.disable();
        }
    });
}

TEST_F(gadget_usb_pipe, failure_queries_packet_size_again) {
    with_pipe([&](UsbPipe& pipe) -> awaitable<void> {
        enable(pipe);
        const auto packet = read(pipe);
        co_await posted();
        function.disable();
        function.max_packet = 64;
        function.enable();
        co_await posted();
        EXPECT_EQ(function.asked(2), 64U);
        EXPECT_FALSE(packet->done);
    });
}

TEST_F(gadget_usb_pipe, steady_state_makes_no_extra_calls) {
    with_pipe([&](UsbPipe& pipe) -> awaitable<void> {
        enable(pipe);
        const auto asked = function.asked_max_packet;
        for (int count = 0; count < 20; ++count) {
            const auto packet = read(pipe);
            function.send(2, Bytes(512, 'x'));
            co_await until([&] { return packet->done; });
            const auto frame = write(pipe, 100);
            co_await until([&] { return frame->done; });
        }
        EXPECT_EQ(function.asked_max_packet, asked);
        EXPECT_EQ(function.submitted, 40);
        EXPECT_EQ(function.cancelled, 0);
    });
}

TEST_F(gadget_usb_pipe, read_outlives_disable_reposted_on_enable) {
    with_pipe([&](UsbPipe& pipe) -> awaitable<void> {
        enable(pipe);
        const auto packet = read(pipe);
        co_await posted();
        function.disable();
        co_await until([&] { return pipe.parked(); });
        EXPECT_STREQ(pipe.out_state(), "parked");
        EXPECT_EQ(parked, 1);
        const auto submitted = function.submitted;
        co_await settle();
        EXPECT_EQ(function.submitted, submitted) << "no busy loop";
        enable(pipe);
        co_await posted();
        function.send(2, bytes("again"));
        co_await until([&] { return packet->done; });
        EXPECT_FALSE(packet->failed);
        EXPECT_EQ(packet->packet, bytes("again"));
        EXPECT_GE(pipe.rearms(), 1U);
    });
}

TEST_F(gadget_usb_pipe, enable_before_loss_leaves_endpoint_alive) {
    with_pipe([&](UsbPipe& pipe) -> awaitable<void> {
        enable(pipe);
        const auto packet = read(pipe);
        co_await posted();
        function.disable();  // its event is already queued
        enable(pipe);
        co_await posted();
        EXPECT_FALSE(pipe.parked());
    });
}

TEST_F(gadget_usb_pipe, loss_streak_backs_off_and_recovers) {
    with_pipe([&](UsbPipe& pipe) -> awaitable<void> {
        function.script(2, {ESHUTDOWN, ESHUTDOWN, ESHUTDOWN, ESHUTDOWN});
        const auto since = Clock::now();
        enable(pipe);
        const auto packet = read(pipe);
        co_await until([&] { return pipe.parked(); });
        EXPECT_EQ(function.submitted, 3);
        co_await posted();
        EXPECT_GE(Clock::now() - since, 20ms);
        EXPECT_EQ(function.submitted, 5);
    });
}

TEST_F(gadget_usb_pipe, enable_ends_pause) {
    with_pipe([&](UsbPipe& pipe) -> awaitable<void> {
        function.script(2, {ESHUTDOWN, ESHUTDOWN, ESHUTDOWN});
        enable(pipe);
        const auto packet = read(pipe);
        co_await until([&] { return pipe.parked(); });
        pipe.enabled();
        co_await settle();
        EXPECT_EQ(function.pending(2), 1);
    });
}

TEST_F(gadget_usb_pipe, unrequested_reset_is_hidden) {
    with_pipe([&](UsbPipe& pipe) -> awaitable<void> {
        enable(pipe);
        const auto packet = read(pipe);
        co_await posted();
        function.fail(2, ECONNRESET);
        co_await until([&] { return function.submitted == 2; });
        EXPECT_EQ(function.pending(2), 1);
        EXPECT_FALSE(packet->done);
    });
}

TEST_F(gadget_usb_pipe, cancelled_read_ends_posted_or_parked) {
    with_pipe([&](UsbPipe& pipe) -> awaitable<void> {
        enable(pipe);
        const auto body = [&](TaskGroup& tasks) -> awaitable<void> {
            const auto packet = std::make_shared<Read>();
            tasks.spawn(read_into(pipe, packet));
            co_await posted();
            tasks.cancel();
            co_await tasks.join();
            EXPECT_EQ(packet->failed, asio::error::operation_aborted);
            EXPECT_EQ(function.cancelled, 1);
            EXPECT_EQ(function.pending(2), 0);
            function.disable();
            tasks.spawn(read_into(pipe, packet));
            co_await until([&] { return pipe.parked(); });
        };
        co_await with_group(body);
        EXPECT_EQ(function.cancelled, 1);
        EXPECT_FALSE(pipe.parked()) << "the read is no longer wanted";
    });
}

TEST_F(gadget_usb_pipe, packet_waits_for_reader) {
    with_pipe([&](UsbPipe& pipe) -> awaitable<void> {
        enable(pipe);
        co_await settle();
        EXPECT_EQ(function.pending(2), 0) << "the packet stays with the host";
        EXPECT_FALSE(pipe.parked());
        function.send(2, {});
        const auto packet = read(pipe);
        co_await until([&] { return packet->done; });
        EXPECT_FALSE(packet->failed) << "an empty packet is delivered";
        EXPECT_TRUE(packet->packet.empty());
    });
}

TEST_F(gadget_usb_pipe, full_last_packet_is_followed_by_empty_one) {
    with_pipe([&](UsbPipe& pipe) -> awaitable<void> {
        for (const std::size_t packet : {64U, 512U, 1024U}) {
            function.disable();
            function.max_packet = packet;
            enable(pipe);
            for (const std::size_t size : {std::size_t{1}, packet - 1, packet, packet + 1, 4 * packet,
                                           std::size_t{1} << 20, (std::size_t{1} << 20) + 23}) {
                function.received(1).clear();
                const auto frame = write(pipe, size);
                co_await until([&] { return frame->done; });
                EXPECT_FALSE(frame->failed);
                EXPECT_EQ(function.received(1).size(), size % packet == 0 ? 2U : 1U) << size;
                EXPECT_EQ(function.received(1).front().size(), size);
                EXPECT_TRUE(size % packet != 0 || function.received(1).back().empty());
            }
        }
    });
}

TEST_F(gadget_usb_pipe, empty_frame_succeeds_without_transfer) {
    with_pipe([&](UsbPipe& pipe) -> awaitable<void> {
        enable(pipe);
        const auto frame = write(pipe, 0);
        co_await until([&] { return frame->done; });
        EXPECT_FALSE(frame->failed);
        EXPECT_EQ(function.submitted, 0);
    });
}

TEST_F(gadget_usb_pipe, write_ended_by_disable_is_not_retried) {
    with_pipe([&](UsbPipe& pipe) -> awaitable<void> {
        enable(pipe);
        function.read_all(false);
        const auto frame = write(pipe, 100);
        co_await until([&] { return function.pending(1) == 1; });
        EXPECT_STREQ(pipe.in_state(), "writing");
        function.disable();
        enable(pipe);
        co_await until([&] { return frame->done; });
        EXPECT_EQ(frame->failed, from_errno(ESHUTDOWN));
        co_await settle();
        EXPECT_EQ(function.submitted, 1);
        EXPECT_STREQ(pipe.in_state(), "idle");
    });
}

TEST_F(gadget_usb_pipe, write_while_disabled_returns_eagain) {
    with_pipe([&](UsbPipe& pipe) -> awaitable<void> {
        const auto before = write(pipe, 100);
        co_await until([&] { return before->done; });
        EXPECT_EQ(before->failed, from_errno(EAGAIN));
        enable(pipe);
        function.disable();
        const auto after = write(pipe, 100);
        co_await until([&] { return after->done; });
        EXPECT_EQ(after->failed, from_errno(EAGAIN));
    });
}

TEST_F(gadget_usb_pipe, lost_empty_packet_does_not_resend_frame) {
    with_pipe([&](UsbPipe& pipe) -> awaitable<void> {
        enable(pipe);
        function.read_all(false);
        const auto frame = write(pipe, 512);
        co_await until([&] { return function.pending(1) == 1; });
        function.read_all(true);
        function.script(1, {ESHUTDOWN});
        co_await until([&] { return frame->done; });
        EXPECT_EQ(frame->failed, from_errno(ECANCELED));
    });
}

TEST_F(gadget_usb_pipe, empty_packet_alone_is_retried) {
    with_pipe([&](UsbPipe& pipe) -> awaitable<void> {
        enable(pipe);
        function.read_all(false);
        const auto frame = write(pipe, 512);
        co_await until([&] { return function.pending(1) == 1; });
        function.read_all(true);
        function.script(1, {EAGAIN, ENOMEM});
        co_await until([&] { return frame->done; });
        EXPECT_FALSE(frame->failed);
    });
}

TEST_F(gadget_usb_pipe, absent_files_opened_on_enable_or_retry) {
    with_pipe([&](UsbPipe& pipe) -> awaitable<void> {
        std::filesystem::remove(function.file(1));
        std::filesystem::remove(function.file(2));
        enable(pipe);
        const auto packet = read(pipe);
        co_await until([&] { return pipe.parked(); });
        EXPECT_FALSE(pipe.is_open());
        EXPECT_STREQ(pipe.out_state(), "closed");
        const auto frame = write(pipe, 100);
        co_await until([&] { return frame->done; });
        EXPECT_EQ(frame->failed, from_errno(EAGAIN)) << "the caller retries";
        function.mount();
        pipe.retry();
        co_await posted();
        EXPECT_TRUE(pipe.is_open());
    });
}

TEST_F(gadget_usb_pipe, reopen_uses_new_files) {
    with_pipe([&](UsbPipe& pipe) -> awaitable<void> {
        enable(pipe);
        function.always(2, EIO);
        const auto packet = read(pipe);
        co_await until([&] { return pipe.parked(); });
        std::filesystem::remove(function.file(2));
        function.always(2, 0);
        pipe.reopen();
        co_await settle();
        EXPECT_TRUE(pipe.parked()) << "the old file is not used any more";
        function.mount();
        pipe.reopen();
        co_await posted();
    });
}

/// 3000 disturbances, with the announcement before, among or after the kernel's events: no endpoint may stay dead.
TEST_F(gadget_usb_pipe, random_interleavings_end_with_read_posted) {
    with_pipe([&](UsbPipe& pipe) -> awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        std::uint32_t dice = 1;
        const auto roll = [&dice](unsigned sides) {
            dice = dice * 1664525 + 1013904223;
            return (dice >> 16) % sides;
        };
        enable(pipe);
        auto packet = read(pipe);
        for (int round = 0; round < 1000; ++round) {
            for (auto disturbances = roll(3) + 1; disturbances > 0; --disturbances) {
                function.disable();
                for (auto turns = roll(4); turns > 0; --turns)
                    co_await asio::post(executor, use_awaitable);
                function.enable();
                if (roll(2) == 0)  // unread enables are merged into the last one
                    pipe.enabled();
                for (auto turns = roll(4); turns > 0; --turns)
                    co_await asio::post(executor, use_awaitable);
            }
            pipe.enabled();
            co_await until([&] { return function.pending(2) == 1; });
            co_await settle();
            function.send(2, bytes("x"));
            co_await until([&] { return packet->done; });
            packet = read(pipe);
        }
    });
}

}  // namespace
}  // namespace revenant::gadget
