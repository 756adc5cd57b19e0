#include "gadget/aio.hpp"

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <fcntl.h>
#include <gtest/gtest.h>

#include "common/core/fd.hpp"
#include "common/net/status_socket.hpp"
#include "gadget/endpoint_file.hpp"
#include "gadget/pipe.hpp"
#include "test/unit/loop.hpp"

/// Kernel AIO on the endpoint files ep1 (IN) and ep2 (OUT) below $FFS_DIR. Nobody else may hold them.
///
/// Each test says which state of the function it needs and is skipped in the other:
///   vm_aio --gtest_filter='aio_disabled.*'   descriptors are written, the function is not enabled
///   vm_aio --gtest_filter='aio_enabled.*'    the host has configured it and sends nothing
///   FFS_ECHO=400 vm_aio --gtest_filter='aio_host.*'   the host writes that many packets to ep2 and reads each back
namespace revenant {
namespace {

using namespace test;
using namespace asio::experimental::awaitable_operators;

class Endpoints : public testing::Test {
protected:
    /// Whether the test can run: the function must be enabled, or must not be.
    bool ready(bool enabled) {
        const auto* directory = std::getenv("FFS_DIR");
        if (directory == nullptr)
            return false;
        const std::filesystem::path below{directory};
        in = open_file(below / "ep1", O_WRONLY | O_NONBLOCK);
        out = open_file(below / "ep2", O_RDONLY | O_NONBLOCK);
        const auto [failed, size] = ask_max_packet(out.get());
        packet = size;
        return failed ? !enabled && failed == errno_code(EAGAIN) : enabled;
    }
    template <typename Body>
    void with_aio(Body body) {
        run([&]() -> awaitable<void> {
            Aio aio{co_await asio::this_coro::executor, make_aio_kernel(Aio::capacity)};
            co_await body(aio);
            EXPECT_EQ(aio.in_flight(), 0U);
        });
    }
    static error_code errno_code(int number) { return {number, boost::system::system_category()}; }

    UniqueFd in, out;
    std::size_t packet = 0;
};

class aio_disabled : public Endpoints {};
class aio_enabled : public Endpoints {};
class aio_host : public Endpoints {};

TEST_F(aio_disabled, transfers_fail_at_once_and_nothing_blocks) {
    if (!ready(false))
        GTEST_SKIP() << "needs FFS_DIR, and the function not enabled";
    with_aio([&](Aio& aio) -> awaitable<void> {
        const auto since = std::chrono::steady_clock::now();
        const auto [unread, nothing] = co_await aio.read(out.get(), max_packet);
        EXPECT_EQ(unread, errno_code(EAGAIN));
        const Bytes frame(100);
        const auto [unwritten, size] = co_await aio.write(in.get(), frame);
        EXPECT_EQ(unwritten, errno_code(EAGAIN));
        EXPECT_LT(std::chrono::steady_clock::now() - since, 1s);
    });
}

TEST_F(aio_enabled, the_packet_size_is_one_of_the_three_speeds) {
    if (!ready(true))
        GTEST_SKIP() << "needs FFS_DIR, and the function enabled";
    EXPECT_TRUE(packet == 64 || packet == 512 || packet == 1024) << packet;
}

TEST_F(aio_enabled, a_deadline_ends_a_read_a_thousand_times_and_nothing_leaks) {
    if (!ready(true))
        GTEST_SKIP() << "needs FFS_DIR, and the function enabled";
    with_aio([&](Aio& aio) -> awaitable<void> {
        const auto descriptors = process_figures().at("descriptors");
        asio::steady_timer deadline{co_await asio::this_coro::executor};
        for (int round = 0; round < 1000; ++round) {
            deadline.expires_after(1ms);
            const auto first = co_await (aio.read(out.get(), packet) || deadline.async_wait(use_awaitable));
            EXPECT_EQ(first.index(), 1U) << "does the host send something?";
            EXPECT_EQ(aio.in_flight(), 0U) << "it ended only when the kernel had let go";
        }
        EXPECT_EQ(process_figures().at("descriptors"), descriptors);
    });
}

TEST_F(aio_enabled, a_write_that_nobody_reads_is_called_off) {
    if (!ready(true))
        GTEST_SKIP() << "needs FFS_DIR, and the function enabled";
    with_aio([&](Aio& aio) -> awaitable<void> {
        const Bytes frame(4096, 'x');  // more than dummy_hcd's FIFO, which takes 64 bytes with nobody there
        asio::steady_timer deadline{co_await asio::this_coro::executor, 100ms};
        const auto first = co_await (aio.write(in.get(), frame) || deadline.async_wait(use_awaitable));
        EXPECT_EQ(first.index(), 1U) << "does the host read?";
    });
}

TEST_F(aio_enabled, it_goes_with_reads_pending) {
    if (!ready(true))
        GTEST_SKIP() << "needs FFS_DIR, and the function enabled";
    run([&]() -> awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        std::optional<Aio> aio;
        aio.emplace(executor, make_aio_kernel(Aio::capacity));
        error_code failed;
        const auto read = [&]() -> awaitable<void> { failed = (co_await aio->read(out.get(), packet)).first; };
        bool over = false;
        asio::co_spawn(executor, read(), [&over](std::exception_ptr) { over = true; });
        co_await until([&] { return aio->in_flight() == 1; });
        aio.reset();
        co_await until([&] { return over; });
        EXPECT_EQ(failed, errno_code(ECANCELED));
    });
}

TEST_F(aio_host, every_packet_comes_back) {
    const auto* rounds = std::getenv("FFS_ECHO");
    if (rounds == nullptr || !ready(true))
        GTEST_SKIP() << "needs FFS_DIR, FFS_ECHO, and the function enabled";
    with_aio([&](Aio& aio) -> awaitable<void> {
        std::chrono::steady_clock::duration busy{};
        const auto count = std::atoi(rounds);
        for (int round = 0; round < count; ++round) {
            const auto [unread, bytes] = co_await aio.read(out.get(), packet);
            EXPECT_FALSE(unread) << unread.message();
            const auto since = std::chrono::steady_clock::now();
            const auto [unwritten, size] = co_await aio.write(in.get(), bytes);
            EXPECT_FALSE(unwritten) << unwritten.message();
            EXPECT_EQ(size, bytes.size());
            busy += std::chrono::steady_clock::now() - since;
        }
        std::printf("write until the host has it: %.1f us on average\n",
                    std::chrono::duration<double, std::micro>(busy).count() / std::max(count, 1));
    });
}

}  // namespace
}  // namespace revenant
