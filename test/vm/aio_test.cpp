// The gadget's kernel AIO on endpoints of a real kernel, without the rest of the gadget.
#include "gadget/usb/aio.hpp"

#include <atomic>
#include <cerrno>
#include <future>
#include <random>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/eventfd.h>

#include "common/metrics/process.hpp"
#include "common/net/status_socket.hpp"
#include "test/support/basics/loop.hpp"
#include "test/support/suite/level_by_level.hpp"
#include "test/vm/bare_function.hpp"

namespace revenant::test {
namespace {

using namespace asio::experimental::awaitable_operators;

template <typename Body>
void with_aio(Body body) {
    run([&]() -> awaitable<void> {
        Aio aio{co_await asio::this_coro::executor, make_aio_kernel(Aio::capacity)};
        co_await body(aio);
        EXPECT_EQ(aio.in_flight(), 0U);
    });
}

struct Transfer {
    bool done = false;
    error_code failed;
    Bytes bytes{};
    std::size_t size = 0;
};

awaitable<void> read_into(Aio& aio, int fd, Transfer& result) {
    auto [failed, bytes] = co_await aio.read(fd, packet);
    result.done = true;
    result.failed = failed;
    result.bytes = std::move(bytes);
}

awaitable<void> write_from(Aio& aio, int fd, ByteView bytes, Transfer& result) {
    const auto [failed, size] = co_await aio.write(fd, bytes);
    result.done = true;
    result.failed = failed;
    result.size = size;
}

/// A read with a deadline. Returns only after the kernel has completed or cancelled the transfer.
awaitable<Transfer> read_for(Aio& aio, int fd, std::chrono::microseconds limit) {
    Timer deadline{co_await asio::this_coro::executor, limit};
    Transfer transfer;
    co_await (read_into(aio, fd, transfer) || deadline.async_wait(use_awaitable));
    co_return transfer;
}

awaitable<Transfer> write_for(Aio& aio, int fd, ByteView bytes, std::chrono::microseconds limit) {
    Timer deadline{co_await asio::this_coro::executor, limit};
    Transfer transfer;
    co_await (write_from(aio, fd, bytes, transfer) || deadline.async_wait(use_awaitable));
    co_return transfer;
}

/// A read by raw AIO system calls, and its event.
class RawRead {
public:
    explicit RawRead(int fd) : bell_{checked(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd")} {
        control_.aio_lio_opcode = IOCB_CMD_PREAD;
        control_.aio_fildes = static_cast<std::uint32_t>(fd);
        control_.aio_buf = reinterpret_cast<std::uintptr_t>(buffer_.data());
        control_.aio_nbytes = buffer_.size();
        control_.aio_flags = IOCB_FLAG_RESFD;
        control_.aio_resfd = static_cast<std::uint32_t>(bell_.get());
    }
    error_code submit() { return kernel_->submit(control_); }
    void cancel() { kernel_->cancel(control_); }
    /// Result in the event; nothing if the eventfd is not signalled within `limit`.
    std::optional<std::int64_t> event(milliseconds limit) {
        std::array<io_event, 2> events{};
        if (!Deadline{limit}.readable(bell_.get()) || kernel_->reap(events) != 1)
            return std::nullopt;
        return events[0].res;
    }

private:
    Bytes buffer_ = Bytes(packet);
    UniqueFd bell_;
    iocb control_{};
    std::unique_ptr<AioKernel> kernel_ = make_aio_kernel(1);  // last member: destroyed before the buffer
};

TEST(aio, transfer_errors_signal_the_eventfd) {
    const BareFunction function;
    const auto out = BareFunction::out();
    {
        RawRead read{out.fd()};
        EXPECT_FALSE(read.submit());
        EXPECT_EQ(read.event(milliseconds{100}), std::nullopt) << "no data was sent";
        read.cancel();
        EXPECT_EQ(read.event(milliseconds{5000}), -ECONNRESET);
    }
    Cable::configure(0);
    RawRead read{out.fd()};
    EXPECT_FALSE(read.submit()) << "io_submit must not return the transfer's error";
    EXPECT_EQ(read.event(milliseconds{5000}), -EAGAIN);
}

TEST(aio, disabled_function_fails_transfers_at_once) {
    const BareFunction function;
    const auto in = BareFunction::in(), out = BareFunction::out(), other = BareFunction::out(Interface::management);
    with_aio([&](Aio& aio) -> awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        std::array<Transfer, 2> pending;
        asio::co_spawn(executor, read_into(aio, out.fd(), pending[0]), [](std::exception_ptr) {});
        asio::co_spawn(executor, read_into(aio, other.fd(), pending[1]), [](std::exception_ptr) {});
        co_await until([&] { return aio.in_flight() == 2; });
        Cable::configure(0);
        co_await until([&] { return pending[0].done && pending[1].done; });
        for (const auto& read : pending)
            EXPECT_EQ(read.failed, from_errno(ESHUTDOWN));
        const Bytes frame(100);
        for (int turn = 0; turn < 100; ++turn) {
            const auto [unread, nothing] = co_await aio.read(out.fd(), packet);
            EXPECT_EQ(unread, from_errno(EAGAIN));
            const auto [unwritten, size] = co_await aio.write(in.fd(), frame);
            EXPECT_EQ(unwritten, from_errno(EAGAIN));
        }
        Cable::configure(1);
        const auto read = co_await read_for(aio, out.fd(), 100ms);
        EXPECT_EQ(read.failed, asio::error::operation_aborted) << "the same file must be readable again";
    });
}

TEST(aio, read_deadlines_leak_nothing) {
    const BareFunction function;
    const auto out = BareFunction::out();
    with_aio([&](Aio& aio) -> awaitable<void> {
        const auto descriptors = process_status().at("descriptors");
        for (int turn = 0; turn < 1000; ++turn) {
            const auto read = co_await read_for(aio, out.fd(), 500us);
            EXPECT_TRUE(read.done);
            EXPECT_EQ(read.failed, asio::error::operation_aborted);
            EXPECT_EQ(aio.in_flight(), 0U);
        }
        EXPECT_EQ(process_status().at("descriptors"), descriptors);
    });
}

TEST(aio, read_deadlines_lose_and_reorder_nothing) {
    const BareFunction function;
    const auto out = BareFunction::out();
    std::mt19937 random{seed()};
    std::atomic<bool> stop = false;
    auto host = std::async(std::launch::async, [&stop, random]() mutable {
        const BareHost writer;
        std::uint32_t sent = 0;
        for (; !stop; ++sent) {
            Bytes bytes(1 + random() % (packet - sizeof sent) + sizeof sent, 0);  // short, or exactly one packet
            std::copy_n(reinterpret_cast<const std::uint8_t*>(&sent), sizeof sent, bytes.begin());
            writer.write(bytes);
            if (random() % 2 == 0)
                ::poll(nullptr, 0, static_cast<int>(random() % 3));
        }
        return sent;
    });
    const Stop at_the_end{stop};
    std::uint32_t got = 0;
    int cancelled = 0;
    const auto count = [&](const Transfer& read) {
        ASSERT_TRUE(read.done);
        if (read.failed) {
            ++cancelled;
            ASSERT_EQ(read.failed, asio::error::operation_aborted);
            return;
        }
        std::uint32_t number = 0;
        ASSERT_GT(read.bytes.size(), sizeof number);
        std::copy_n(read.bytes.begin(), sizeof number, reinterpret_cast<std::uint8_t*>(&number));
        ASSERT_EQ(number, got) << "lost or out of order";
        ++got;
    };
    with_aio([&](Aio& aio) -> awaitable<void> {
        while (cancelled < 300 && !testing::Test::HasFatalFailure()) {
            count(co_await read_for(aio, out.fd(), std::chrono::microseconds{random() % 2000}));
            EXPECT_EQ(aio.in_flight(), 0U);
        }
        stop = true;
        while (host.wait_for(0s) != std::future_status::ready)
            count(co_await read_for(aio, out.fd(), 20ms));
    });
    EXPECT_EQ(got, host.get());
    EXPECT_GT(got, 0U);
    std::printf("%u packets arrived among %d cancelled reads\n", got, cancelled);
}

TEST(aio, write_pends_until_host_reads) {
    const BareFunction function;
    const auto in = BareFunction::in();
    const BareHost reader;
    with_aio([&](Aio& aio) -> awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        const Bytes frame(600, 'x');  // dummy_hcd accepts up to 64 bytes without a reader
        Transfer written;
        asio::co_spawn(executor, write_from(aio, in.fd(), frame, written), [](std::exception_ptr) {});
        Timer pause{executor, 200ms};
        co_await pause.async_wait(use_awaitable);
        EXPECT_FALSE(written.done);
        EXPECT_EQ(aio.in_flight(), 1U);
        auto read = std::async(std::launch::async, [&] { return reader.read(4096); });
        co_await until([&] { return written.done; });
        EXPECT_FALSE(written.failed);
        EXPECT_EQ(written.size, frame.size());
        EXPECT_EQ(read.get(), frame);
    });
}

TEST(aio, whole_packet_frame_ends_with_zero_length) {
    const BareFunction function;
    const auto in = BareFunction::in();
    const BareHost reader;
    with_aio([&](Aio& aio) -> awaitable<void> {
        for (std::size_t packets = 1; packets <= 8; packets *= 2) {
            const Bytes frame(packets * packet, static_cast<std::uint8_t>(packets));
            auto read = std::async(std::launch::async, [&] { return reader.read(16384); });
            const auto [failed, size] = co_await aio.write(in.fd(), frame);
            EXPECT_FALSE(failed);
            EXPECT_EQ(size, frame.size());
            EXPECT_EQ(read.wait_for(100ms), std::future_status::timeout) << "the host must wait for more";
            const auto [unfinished, nothing] = co_await aio.write(in.fd(), {});
            EXPECT_FALSE(unfinished);
            EXPECT_EQ(read.get(), frame);
        }
    });
}

TEST(aio, cancelled_write_does_not_block_next) {
    const BareFunction function;
    const auto in = BareFunction::in();
    const BareHost reader;
    with_aio([&](Aio& aio) -> awaitable<void> {
        const Bytes unwanted(4096, 'x'), frame(100, 'y');
        for (int turn = 0; turn < 100; ++turn) {
            const auto written = co_await write_for(aio, in.fd(), unwanted, 1ms);
            EXPECT_EQ(written.failed, asio::error::operation_aborted) << "no host was reading";
            EXPECT_EQ(aio.in_flight(), 0U);
        }
        auto read = std::async(std::launch::async, [&] { return reader.read(16384); });
        const auto [failed, size] = co_await aio.write(in.fd(), frame);
        EXPECT_FALSE(failed);
        EXPECT_EQ(read.get(), frame);
    });
}

TEST(aio, destroyed_with_pending_reads_loses_no_data) {
    const BareFunction function;
    const auto out = BareFunction::out();
    const BareHost writer;
    const Bytes sent(100, 'z');
    std::future<void> host;
    run([&]() -> awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        for (int turn = 0; turn < 20; ++turn) {
            std::optional<Aio> aio;
            aio.emplace(executor, make_aio_kernel(Aio::capacity));
            std::array<Transfer, 3> reads;
            for (auto& read : reads)
                asio::co_spawn(executor, read_into(*aio, out.fd(), read), [](std::exception_ptr) {});
            co_await until([&] { return aio->in_flight() == reads.size(); });
            aio.reset();
            co_await until([&] { return reads[0].done && reads[1].done && reads[2].done; });
            for (const auto& read : reads)
                EXPECT_EQ(read.failed, from_errno(ECANCELED));
        }
        host = std::async(std::launch::async, [&] { writer.write(sent); });
        Aio next{executor, make_aio_kernel(Aio::capacity)};
        const auto [failed, bytes] = co_await next.read(out.fd(), packet);
        EXPECT_FALSE(failed);
        EXPECT_EQ(bytes, sent);
    });
    host.get();
}

}  // namespace
}  // namespace revenant::test
