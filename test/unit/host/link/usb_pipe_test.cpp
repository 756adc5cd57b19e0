#include "host/link/usb_pipe.hpp"

#include "common/async/task_group.hpp"
#include "common/core/guarded.hpp"
#include "test/support/basics/process_memory.hpp"
#include "test/unit/host/link/usb_fixture.hpp"

namespace revenant::host {
namespace {

class UsbPipeTest : public test::UsbTest {
protected:
    static constexpr UsbInterface interface { 1, 0x83, 0x04, 512 };

    UsbPipeTest() {
        device.interfaces = {interface};
        pipe = std::make_unique<UsbPipe>(std::move(bus->open(usb.node(4)).device), interface);
    }
    std::string read(std::size_t room = 4096) {
        std::vector<std::uint8_t> bytes(room);
        run([&]() -> awaitable<void> { bytes.resize(co_await pipe->read(bytes)); });
        return {bytes.begin(), bytes.end()};
    }
    bool write(std::size_t size) {
        bool written = false;
        const Bytes frame(size, 'x');
        run([&]() -> awaitable<void> { written = co_await pipe->write(frame); });
        return written;
    }
    void arrives(const std::string& text) { device.to_host.emplace_back(text.begin(), text.end()); }
    /// Starts a coroutine, runs all ready handlers, then cancels it.
    template <typename Body>
    void run_cut(const Body& body) {
        asio::cancellation_signal stop;
        asio::co_spawn(io, body(), asio::bind_cancellation_slot(stop.slot(), [](std::exception_ptr) {}));
        settle();
        stop.emit(asio::cancellation_type::terminal);
        settle();
    }

    test::FakeUsb::Device& device = usb.plug("1-1", "A", 4);
    std::unique_ptr<UsbPipe> pipe;
};

TEST_F(UsbPipeTest, short_read_keeps_remaining_bytes) {
    arrives("hello");
    arrives("world");
    EXPECT_EQ(read(3), "hel");
    EXPECT_EQ(read(3), "lo");
    EXPECT_EQ(read(), "world");
}

TEST_F(UsbPipeTest, zero_length_packet_does_not_end_stream) {
    arrives("");
    arrives("");
    arrives("x");
    EXPECT_EQ(read(), "x");
}

TEST_F(UsbPipeTest, read_size_is_multiple_of_packet_size) {
    const std::size_t largest_packet = 1024;
    arrives("x");
    EXPECT_EQ(read(1), "x");
    EXPECT_GT(device.read_room, 0U);
    EXPECT_EQ(device.read_room % largest_packet, 0U);
    arrives(std::string(device.read_room, 'y'));
    EXPECT_EQ(read(device.read_room + 1).size(), device.read_room);
}

TEST_F(UsbPipeTest, data_between_two_reads_is_kept) {
    run_cut([&]() -> awaitable<void> {
        std::array<std::uint8_t, 512> bytes{};
        co_await pipe->read(bytes);
    });
    EXPECT_EQ(device.cancels, 0);
    arrives("kept");
    usb.move(device);
    EXPECT_EQ(read(), "kept");
}

TEST_F(UsbPipeTest, full_last_packet_adds_zero_length_packet) {
    EXPECT_TRUE(write(23) && write(512) && write(513) && write(1024));
    EXPECT_EQ(device.zero_packets, (std::vector{false, true, false, true}));
    EXPECT_EQ(device.written.at(2).size(), 513U);
}

TEST_F(UsbPipeTest, any_error_but_stall_loses_link) {
    for (const auto how : {UsbResult::gone, UsbResult::failed, UsbResult::cancelled, UsbResult::held}) {
        pipe = std::make_unique<UsbPipe>(std::move(bus->open(usb.node(4)).device), interface);
        std::size_t size = 1;
        run([&]() -> awaitable<void> {
            std::array<std::uint8_t, 512> bytes{};
            asio::post(io, [&] { usb.end(device, interface.in, how); });
            size = co_await pipe->read(bytes);
        });
        EXPECT_EQ(size, 0U);
        EXPECT_FALSE(write(1));  // permanently
        EXPECT_EQ(read(), "");
    }
    EXPECT_TRUE(device.halts_cleared.empty());
    EXPECT_TRUE(device.written.empty());
}

TEST_F(UsbPipeTest, failed_write_loses_link) {
    device.write = UsbResult::failed;
    EXPECT_FALSE(write(1));
    EXPECT_EQ(read(), "");
}

TEST_F(UsbPipeTest, unplugged_device_loses_link) {
    usb.unplug("1-1", 4);
    EXPECT_EQ(read(), "");
    EXPECT_FALSE(write(1));
}

TEST_F(UsbPipeTest, stall_is_cleared_once_per_endpoint) {
    device.write = UsbResult::stalled;
    EXPECT_TRUE(write(9));
    EXPECT_EQ(device.halts_cleared, std::vector<std::uint8_t>{0x04});
    EXPECT_EQ(device.written.size(), 1U);
    std::string got;
    run([&]() -> awaitable<void> {
        std::array<std::uint8_t, 512> bytes{};
        asio::post(io, [&] {
            usb.end(device, interface.in, UsbResult::stalled);
            arrives("after");
        });
        const auto size = co_await pipe->read(bytes);
        got.assign(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    });
    EXPECT_EQ(got, "after");
    EXPECT_EQ(device.halts_cleared, (std::vector<std::uint8_t>{0x04, 0x83}));
    device.write = UsbResult::stalled;
    EXPECT_FALSE(write(9));
    EXPECT_EQ(device.halts_cleared.size(), 2U);
}

TEST_F(UsbPipeTest, uncleared_stall_loses_link) {
    device.write = UsbResult::stalled;
    device.clear_halt = UsbResult::gone;
    EXPECT_FALSE(write(9));
}

TEST_F(UsbPipeTest, partly_sent_frame_is_not_retried) {
    device.write = UsbResult::stalled;
    device.taken = 512;
    EXPECT_FALSE(write(600));
    EXPECT_TRUE(device.written.empty());
}

TEST_F(UsbPipeTest, abandoned_write_is_cancelled) {
    device.takes_writes = false;
    const Bytes frame(9, 'x');
    run_cut([&]() -> awaitable<void> { co_await pipe->write(frame); });
    EXPECT_EQ(device.cancels, 1);
    EXPECT_EQ(usb.in_flight(), 0U);
}

TEST_F(UsbPipeTest, pipe_destroyed_in_transfer_drains) {
    device.takes_writes = false;
    const Bytes frame(9, 'x');
    run_cut([&]() -> awaitable<void> {
        const auto both = [&](TaskGroup& group) -> awaitable<void> {
            const auto reader = [&]() -> awaitable<void> {
                std::array<std::uint8_t, 512> bytes{};
                co_await pipe->read(bytes);
            };
            group.spawn(reader());
            co_await pipe->write(frame);
        };
        co_await with_group(both);
    });
    pipe.reset();
    turn_until([&] { return device.closes == 1; });
    EXPECT_EQ(usb.in_flight(), 0U);
}

#ifndef __SANITIZE_ADDRESS__  // it maps too much memory to search
/// The frame may have a passphrase.
TEST_F(UsbPipeTest, write_makes_no_unguarded_copy) {
    const auto fill = [](std::span<std::uint8_t> into) {
        for (std::size_t at = 0; at < into.size(); ++at)
            into[at] = static_cast<std::uint8_t>('A' + (at * 5 + 3) % 57);
    };
    const Secret secret{40, fill};
    GuardedBytes frame(secret.size());
    fill(frame);
    device.takes_writes = false;
    asio::cancellation_signal stop;
    asio::co_spawn(io, pipe->write(frame), asio::bind_cancellation_slot(stop.slot(), [](std::exception_ptr, bool) {}));
    settle();
    EXPECT_EQ(usb.in_flight(), 1U);
    EXPECT_EQ(test::unguarded_copies(secret), 0U);
    stop.emit(asio::cancellation_type::terminal);
    settle();
}
#endif

TEST_F(UsbPipeTest, write_after_cancelled_one_has_own_buffer) {
    device.takes_writes = false;
    usb.keeps_cancelled = true;
    run_cut([&]() -> awaitable<void> {
        const Bytes frame(9, 'x');
        co_await pipe->write(frame);
    });
    EXPECT_EQ(usb.in_flight(), 1U);
    device.takes_writes = true;
    EXPECT_TRUE(write(5));
    EXPECT_EQ(device.written, (std::vector<Bytes>{Bytes(9, 'x'), Bytes(5, 'x')}));
}

}  // namespace
}  // namespace revenant::host
