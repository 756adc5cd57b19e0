#include <algorithm>

#include <boost/asio/ip/tcp.hpp>
#include <gtest/gtest.h>

#include "common/net/tcp_listener.hpp"
#include "monitor/checks/mdp_probe.hpp"
#include "monitor/health/memory_guard.hpp"
#include "monitor/zmq/intake.hpp"
#include "test/support/basics/loop.hpp"

/// Protection against a broker that fills the memory with an endless message.
namespace revenant::monitor {
namespace {

using namespace test;
using Tcp = asio::ip::tcp;

TEST(memory_guard, growth_beyond_limit_is_reported) {
    MemoryGuard guard{100};
    EXPECT_FALSE(guard.overfull(1000));
    EXPECT_FALSE(guard.overfull(1100));
    EXPECT_FALSE(guard.overfull(950));
    EXPECT_FALSE(guard.overfull(1050));
    EXPECT_TRUE(guard.overfull(1051));
}

TEST(memory_guard, report_resets_minimum) {
    MemoryGuard guard{100};
    guard.overfull(1000);
    EXPECT_TRUE(guard.overfull(1200));
    EXPECT_FALSE(guard.overfull(1200));  // not freed yet
    EXPECT_FALSE(guard.overfull(1300));
    EXPECT_TRUE(guard.overfull(1301));
    EXPECT_FALSE(guard.overfull(1010));  // freed
    EXPECT_TRUE(guard.overfull(1111));
}

TEST(memory_guard, failed_read_is_ignored) {
    MemoryGuard guard{100};
    guard.overfull(1000);
    EXPECT_FALSE(guard.overfull(0));
    EXPECT_FALSE(guard.overfull(1100));
}

TEST(own_memory, allocation_increases_value) {
    const OwnMemory own;
    const auto before = own.kib();
    EXPECT_GT(before, 0U);
    const std::vector<char> much(std::size_t{32} << 20, 'x');
    EXPECT_GE(own.kib(), before + 31U * 1024) << much[0];
}

TEST(intake, counts_bytes_per_peer) {
    run([]() -> awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        const Tcp::endpoint any{asio::ip::address_v6::loopback(), 0};
        Tcp::acceptor acceptor{executor, any};
        Tcp::socket here{executor};
        here.connect(acceptor.local_endpoint());
        auto there = acceptor.accept();
        const auto peer = "tcp://" + shown(acceptor.local_endpoint());
        EXPECT_EQ(intake_now().at(peer), 0U);
        const std::string some(10'000, 'x');
        co_await asio::async_write(there, asio::buffer(some), use_awaitable);
        co_await until([&] { return intake_now().at(peer) == some.size(); });
        here.close();
        EXPECT_EQ(intake_now().count(peer), 0U);
    });
}

/// The peer never responds, so a request stays in flight until its deadline.
TEST(mdp_probe, reset_ends_request_and_renews_socket) {
    run([]() -> awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        const Tcp::endpoint any{asio::ip::address_v4::loopback(), 0};
        const Tcp::acceptor silent{executor, any};
        for (const bool echo : {false, true}) {
            ZmqSockets sockets;
            mdp::Peer peer{"tcp://" + shown(silent.local_endpoint()), mdp::Dialect::rfc18, "sign", echo};
            MdpProbe way{executor, sockets, std::move(peer)};
            bool ended = false, came = true;
            const auto ask = [&]() -> awaitable<void> {
                const auto answer = co_await way.ask(Clock::now() + 1h);
                came = answer.came;
                ended = true;
            };
            asio::co_spawn(executor, ask(), [](std::exception_ptr) {});
            co_await until([&] { return sockets.open() == 1; });
            EXPECT_FALSE(ended);
            way.reset();
            co_await until([&] { return ended; });
            EXPECT_FALSE(came);
            EXPECT_EQ(sockets.open(), 0U);
            const auto again = co_await way.ask(Clock::now() + 1ms);
            EXPECT_FALSE(again.came);
            EXPECT_EQ(sockets.opened(), 2U);
            way.reset();  // between two requests
            EXPECT_EQ(sockets.open(), 0U);
        }
    });
}

}  // namespace
}  // namespace revenant::monitor
