#include "monitor/web/viewer.hpp"

#include <gtest/gtest.h>
#include <sodium.h>

#include "common/async/task_group.hpp"
#include "common/http/server.hpp"
#include "common/net/tcp_listener.hpp"
#include "monitor/web/service.hpp"
#include "test/support/basics/event_reader.hpp"
#include "test/support/basics/loop.hpp"

namespace revenant::monitor {
namespace {

using namespace test;
using Tcp = asio::ip::tcp;

/// The monitor's web server on the test's event loop.
class viewer : public ::testing::Test {
protected:
    viewer() { EXPECT_GE(sodium_init(), 0); }

    template <typename Body>
    void with_server(Body body) {
        run([&]() -> awaitable<void> {
            std::optional<http::Server> server;
            const auto both = [&](TaskGroup& tasks) -> awaitable<void> {
                const auto executor = co_await asio::this_coro::executor;
                const Tcp::endpoint any{asio::ip::address_v4::loopback(), 0};
                server.emplace(tasks, executor, service_, "test", limits_.http);
                server->listen(listen_at(executor, any));
                server->start();
                const auto where = server->where();
                port_ = static_cast<unsigned short>(std::stoi(where.substr(where.rfind(':') + 1)));
                co_await body(*server);
            };
            co_await with_group(both);
        });
    }
    /// `buffer`: size of the kernel's receive buffer in bytes; 0: default.
    awaitable<Tcp::socket> watch(int buffer = 0) {
        Tcp::socket socket{co_await asio::this_coro::executor};
        socket.open(Tcp::v4());
        if (buffer > 0)
            socket.set_option(asio::socket_base::receive_buffer_size{buffer});
        const Tcp::endpoint server{asio::ip::address_v4::loopback(), port_};
        co_await socket.async_connect(server, use_awaitable);
        const std::string request = "GET /events HTTP/1.0\r\n\r\n";
        co_await asio::async_write(socket, asio::buffer(request), use_awaitable);
        co_await until([this, count = hub_.joined()] { return hub_.joined() > count || hub_.refused() > 0; });
        co_return socket;
    }
    void publish(int number, std::size_t size) {
        hub_.publish_state("big", "key" + std::to_string(number), {{"text", std::string(size, 'x')}});
    }

    WebLimits limits_{};
    Access access_{};
    HealthRegistry registry_{"0.1.0"};
    Hub hub_{limits_.streams, [] { return boost::json::object{}; }};
    Service service_{registry_, hub_, access_, [] { return std::size_t{0}; }, limits_.pace};
    unsigned short port_ = 0;
};

TEST_F(viewer, blocked_viewer_is_closed_reading_is_kept) {
    with_server([&](http::Server&) -> awaitable<void> {
        auto deaf = co_await watch(4096);
        auto reading = co_await watch();
        std::size_t heard = 0;
        const auto read = [&]() -> awaitable<void> {
            std::array<char, 65'536> part;
            for (;;)
                heard += co_await reading.async_read_some(asio::buffer(part), use_awaitable);
        };
        const auto body = [&](TaskGroup& tasks) -> awaitable<void> {
            tasks.spawn(read());
            for (int number = 0; number < 100; ++number)
                publish(number, 100'000);
            co_await until([&] { return heard > 100U * 100'000; });
            co_await turn_clock(limits_.pace.blocked - 1s);
            EXPECT_EQ(hub_.streams(), 2U);
            co_await turn_clock(1s);
            EXPECT_EQ(hub_.streams(), 1U);
        };
        co_await with_group(body);
    });
}

TEST_F(viewer, disconnect_is_detected_at_once) {
    with_server([&](http::Server&) -> awaitable<void> {
        auto one = co_await watch();
        EXPECT_EQ(hub_.streams(), 1U);
        one.close();
        co_await until([this] { return hub_.streams() == 0; });
    });
}

TEST_F(viewer, slow_viewer_gets_newest_and_drop_count) {
    with_server([&](http::Server&) -> awaitable<void> {
        auto slow = co_await watch(4096);
        for (int round = 0; round < 5; ++round)
            for (int number = 0; number < 50; ++number)
                publish(number, 20'000);
        for (int number = 0; number < 1000; ++number)
            hub_.publish_line("log", {{"n", number}});
        hub_.publish_state("end", "end", {});
        EventReader reader;
        std::size_t states = 0, lines = 0, dropped = 0;
        bool ended = false;
        std::array<char, 65'536> part;
        while (!ended) {
            const auto size = co_await slow.async_read_some(asio::buffer(part), use_awaitable);
            for (const auto& event : reader.read({part.data(), size})) {
                states += event.name == "big" ? 1U : 0U;
                lines += event.name == "log" ? 1U : 0U;
                ended = ended || event.name == "end";
                if (event.name == "dropped")
                    dropped += static_cast<std::size_t>(std::stoi(event.data.substr(event.data.find(':') + 1)));
            }
        }
        EXPECT_GE(states, 50U);
        EXPECT_LT(states, 250U);
        EXPECT_EQ(lines + dropped, 1000U);
        EXPECT_GT(dropped, 0U);
    });
}

TEST_F(viewer, finish_sends_shutdown_and_closes_idle) {
    with_server([&](http::Server& server) -> awaitable<void> {
        auto watching = co_await watch();
        Tcp::socket idle{co_await asio::this_coro::executor};
        const Tcp::endpoint where{asio::ip::address_v4::loopback(), port_};
        co_await idle.async_connect(where, use_awaitable);
        co_await until([&] { return server.connections() == 2; });
        const auto began = Clock::now();
        hub_.finish();
        co_await server.finish();
        EXPECT_LT(Clock::now() - began, 1s);
        EXPECT_EQ(server.connections(), 0U);
        std::string all;
        const auto [failed, size] =
            co_await asio::async_read(watching, asio::dynamic_buffer(all), as_tuple(use_awaitable));
        EXPECT_EQ(failed, asio::error::eof);
        EXPECT_NE(all.find("event: shutdown\n"), std::string::npos);
    });
}

TEST_F(viewer, many_idle_connections_are_all_served) {
    with_server([&](http::Server& server) -> awaitable<void> {
        std::vector<Tcp::socket> all;
        const Tcp::endpoint where{asio::ip::address_v4::loopback(), port_};
        for (int count = 0; count < 300; ++count) {
            all.emplace_back(co_await asio::this_coro::executor);
            co_await all.back().async_connect(where, use_awaitable);
        }
        co_await until([&] { return server.connections() == all.size(); });
        const std::string request = "GET /livez HTTP/1.0\r\n\r\n";
        for (auto& socket : all) {
            co_await asio::async_write(socket, asio::buffer(request), use_awaitable);
            std::string answer;
            co_await asio::async_read(socket, asio::dynamic_buffer(answer), as_tuple(use_awaitable));
            EXPECT_NE(answer.find("200 OK"), std::string::npos);
        }
    });
}

}  // namespace
}  // namespace revenant::monitor
