#include <algorithm>

#include <boost/asio/ip/tcp.hpp>
#include <gtest/gtest.h>

#include "common/net/tcp_listener.hpp"
#include "monitor/checks/mdp_probe.hpp"
#include "monitor/health/memory_guard.hpp"
#include "monitor/zmq/intake.hpp"
#include "test/support/basics/loop.hpp"

/// What keeps a broker that never ends a message from filling the memory.
namespace revenant::monitor {
namespace {

using namespace test;
using Tcp = asio::ip::tcp;

TEST(memory_guard, lets_it_grow_so_far_beyond_the_least_and_no_further) {
    MemoryGuard guard{100};
    EXPECT_FALSE(guard.overfull(1000));
    EXPECT_FALSE(guard.overfull(1100));
    EXPECT_FALSE(guard.overfull(950));
    EXPECT_FALSE(guard.overfull(1050));
    EXPECT_TRUE(guard.overfull(1051));
}

TEST(memory_guard, does_not_cry_again_for_what_is_left_but_for_what_comes) {
    MemoryGuard guard{100};
    guard.overfull(1000);
    EXPECT_TRUE(guard.overfull(1200));
    EXPECT_FALSE(guard.overfull(1200));  // not given back yet
    EXPECT_FALSE(guard.overfull(1300));
    EXPECT_TRUE(guard.overfull(1301));
    EXPECT_FALSE(guard.overfull(1010));  // given back
    EXPECT_TRUE(guard.overfull(1111));
}

TEST(memory_guard, knows_nothing_from_a_look_that_failed) {
    MemoryGuard guard{100};
    guard.overfull(1000);
    EXPECT_FALSE(guard.overfull(0));
    EXPECT_FALSE(guard.overfull(1100));
}

TEST(own_memory, tells_what_is_taken) {
    const OwnMemory own;
    const auto before = own.kib();
    EXPECT_GT(before, 0U);
    const std::vector<char> much(std::size_t{32} << 20, 'x');
    EXPECT_GE(own.kib(), before + 31U * 1024) << much[0];
}

TEST(intake, counts_what_a_peer_sent) {
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

/// A socket that nobody answers: the question is under way until its deadline.
TEST(mdp_way, that_lets_go_ends_its_question_and_asks_the_next_on_another_socket) {
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
                const auto answer = co_await way.ask(std::chrono::steady_clock::now() + 1h);
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
            const auto again = co_await way.ask(std::chrono::steady_clock::now() + 1ms);
            EXPECT_FALSE(again.came);
            EXPECT_EQ(sockets.opened(), 2U);
            way.reset();  // between two questions
            EXPECT_EQ(sockets.open(), 0U);
        }
    });
}

}  // namespace
}  // namespace revenant::monitor
