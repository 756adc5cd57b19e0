#include "common/http/server.hpp"

#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

#include "common/net/tcp_listener.hpp"
#include "test/support/basics/loop.hpp"

namespace revenant::http {
namespace {

using namespace test;
using Tcp = asio::ip::tcp;

/// Sends two pieces after its header.
struct TwoPieces : Stream {
    awaitable<void> run(Socket socket, bool /*chunked*/) override {
        const std::string pieces = "3\r\none\r\n0\r\n\r\n";
        co_await asio::async_write(socket, asio::buffer(pieces), use_awaitable);
    }
};

/// Answers with the path and the body of each request.
struct Echo : App {
    awaitable<Reply> answer(Request request) override {
        ++answered;
        Reply reply;
        reply.body = request.method + ' ' + request.target.path + ' ' + request.body;
        reply.close = request.target.path == "/close";
        if (request.target.path == "/missing")
            reply.status = Status::not_found;
        if (request.target.path == "/stream")
            reply.stream = std::make_unique<TwoPieces>();
        co_return reply;
    }
    Reply reject(const Rejection& rejection) override {
        Reply reply;
        reply.status = rejection.status;
        reply.body = rejection.sentence;
        return reply;
    }
    int answered = 0;
};

class HttpServerTest : public ::testing::Test {
protected:
    /// Sends the text on one connection; returns all that comes back until the server closes.
    std::string exchange(const std::string& text) {
        std::string answer;
        with_server([&]() -> awaitable<void> {
            auto socket = co_await connect();
            co_await asio::async_write(socket, asio::buffer(text), use_awaitable);
            socket.shutdown(Tcp::socket::shutdown_send);
            answer = co_await rest_of(socket);
        });
        return answer;
    }
    template <typename Body>
    void with_server(Body body) {
        run([&]() -> awaitable<void> {
            const auto all = [&](TaskGroup& tasks) -> awaitable<void> {
                const auto executor = co_await asio::this_coro::executor;
                server_.emplace(tasks, executor, app_, "test/1", limits_);
                auto acceptor = listen_at(executor, {asio::ip::address_v4::loopback(), 0});
                endpoint_ = acceptor.local_endpoint();
                server_->listen(std::move(acceptor));
                server_->start();
                co_await body();
            };
            co_await with_group(all);
            server_.reset();
        });
    }
    awaitable<Tcp::socket> connect() {
        Tcp::socket socket{co_await asio::this_coro::executor};
        co_await socket.async_connect(endpoint_, use_awaitable);
        co_return socket;
    }
    static awaitable<std::string> rest_of(Tcp::socket& socket) {
        std::string all;
        std::array<char, 4096> part;
        for (;;) {
            const auto [failed, size] = co_await socket.async_read_some(asio::buffer(part), as_tuple(use_awaitable));
            if (failed)
                co_return all;
            all.append(part.data(), size);
        }
    }
    static std::size_t count(const std::string& text, std::string_view what) {
        std::size_t found = 0;
        for (auto at = text.find(what); at != text.npos; at = text.find(what, at + 1))
            ++found;
        return found;
    }

    Limits limits_{.max_body = 64};
    Echo app_;
    std::optional<Server> server_;
    Tcp::endpoint endpoint_;
};

const std::string get = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

TEST_F(HttpServerTest, pipelined_requests_are_answered_in_order) {
    const auto answer = exchange(get + "\r\nPOST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi" + get);
    EXPECT_EQ(count(answer, "HTTP/1.1 200 OK\r\nDate: "), 3U);
    EXPECT_LT(answer.find("GET /a "), answer.find("POST /b hi"));
}

TEST_F(HttpServerTest, head_has_the_length_and_no_content) {
    const auto answer = exchange("HEAD /a HTTP/1.1\r\nHost: x\r\n\r\nHEAD /missing HTTP/1.1\r\nHost: x\r\n\r\n" + get);
    EXPECT_EQ(count(answer, "Content-Length: 7\r\n"), 2U);
    EXPECT_EQ(count(answer, "GET /a "), 1U);
    EXPECT_EQ(count(answer, "404 Not Found\r\n"), 1U);
}

TEST_F(HttpServerTest, request_hidden_in_a_rejected_body_is_not_answered) {
    const auto answer = exchange("POST /nope HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n" + get);
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 ")) << answer;
    EXPECT_NE(answer.find("\r\nConnection: close\r\n"), std::string::npos);
    EXPECT_EQ(app_.answered, 0);
}

TEST_F(HttpServerTest, reply_that_closes_ends_the_connection) {
    const auto answer = exchange("GET /close HTTP/1.1\r\nHost: x\r\n\r\n" + get);
    EXPECT_EQ(count(answer, "HTTP/1.1 200 OK"), 1U);
    EXPECT_EQ(app_.answered, 1);
}

TEST_F(HttpServerTest, stream_follows_its_header) {
    const auto answer = exchange("GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_TRUE(answer.ends_with("Transfer-Encoding: chunked\r\n\r\n3\r\none\r\n0\r\n\r\n")) << answer;
    const auto head = exchange("HEAD /stream HTTP/1.1\r\nHost: x\r\n\r\n" + get);
    EXPECT_EQ(head.find("one"), std::string::npos);
    EXPECT_EQ(count(head, "GET /a "), 1U);
}

TEST_F(HttpServerTest, expected_continue_is_sent) {
    const auto answer = exchange("POST /b HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 66\r\n\r\n");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 413 ")) << answer;
    with_server([&]() -> awaitable<void> {
        auto socket = co_await connect();
        const std::string header = "POST /b HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
        co_await asio::async_write(socket, asio::buffer(header), use_awaitable);
        std::array<char, 25> go_on;
        co_await asio::async_read(socket, asio::buffer(go_on), use_awaitable);
        EXPECT_EQ(std::string_view(go_on.data(), go_on.size()), "HTTP/1.1 100 Continue\r\n\r\n");
    });
}

TEST_F(HttpServerTest, idle_client_is_disconnected_at_its_deadline) {
    limits_.idle = 20ms;
    limits_.request = 20ms;
    with_server([&]() -> awaitable<void> {
        auto silent = co_await connect(), slow = co_await connect();
        const std::string part = "GET /a HT";
        co_await asio::async_write(slow, asio::buffer(part), use_awaitable);
        EXPECT_EQ(co_await rest_of(silent), "");
        EXPECT_EQ(co_await rest_of(slow), "");
        co_await until([this] { return server_->connections() == 0; });
    });
}

TEST_F(HttpServerTest, new_client_replaces_the_one_that_waited_longest) {
    limits_.connections = 2;
    with_server([&]() -> awaitable<void> {
        auto first = co_await connect(), second = co_await connect();
        co_await until([this] { return server_->connections() == 2; });
        auto third = co_await connect();
        EXPECT_EQ(co_await rest_of(first), "");
        co_await asio::async_write(third, asio::buffer(get), use_awaitable);
        std::array<char, 12> status;
        co_await asio::async_read(third, asio::buffer(status), use_awaitable);
        EXPECT_EQ(std::string_view(status.data(), status.size()), "HTTP/1.1 200");
    });
}

TEST_F(HttpServerTest, finish_closes_idle_connections) {
    with_server([&]() -> awaitable<void> {
        auto idle = co_await connect();
        co_await until([this] { return server_->connections() == 1; });
        co_await server_->finish();
        EXPECT_EQ(server_->connections(), 0U);
        EXPECT_EQ(co_await rest_of(idle), "");
    });
}

}  // namespace
}  // namespace revenant::http
