#include "monitor/zmq/sockets.hpp"

#include <gtest/gtest.h>

#include "monitor/zmq/pump.hpp"
#include "test/support/basics/loop.hpp"

namespace revenant::monitor {
namespace {

using namespace test;

/// Whether a request arrives at a router at `address`.
void expect_arrival(const std::string& address, bool ipv6) {
    ::zmq::context_t context;
    ::zmq::socket_t router{context, ::zmq::socket_type::router};
    router.set(::zmq::sockopt::ipv6, ipv6);
    router.set(::zmq::sockopt::rcvtimeo, 20'000);
    try {
        router.bind(address + ":*");
    } catch (const ::zmq::error_t& error) {
        GTEST_SKIP() << address << ": " << error.what();
    }
    ZmqSockets sockets;
    run([&]() -> awaitable<void> {
        ZmqPump pump{co_await asio::this_coro::executor, sockets.dealer(router.get(::zmq::sockopt::last_endpoint))};
        const Frames request{"x"};
        const bool sent = co_await pump.send(request, Clock::now() + 20s);
        EXPECT_TRUE(sent);
        ::zmq::message_t client, body;
        EXPECT_TRUE(router.recv(client) && router.recv(body));
        EXPECT_EQ(body.to_string(), "x");
    });
}

TEST(zmq_sockets, ipv4_endpoint_is_reached) {
    expect_arrival("tcp://127.0.0.1", false);
}

TEST(zmq_sockets, ipv6_endpoint_is_reached) {
    expect_arrival("tcp://[::1]", true);
}

}  // namespace
}  // namespace revenant::monitor
