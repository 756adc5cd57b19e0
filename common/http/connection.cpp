#include "common/http/connection.hpp"

#include <array>
#include <utility>

#include <boost/asio/write.hpp>

namespace revenant::http {
namespace {

constexpr std::size_t packet = 4 * 1024;

}  // namespace

Connection::Connection(Socket socket, std::string client, App& app, const Limits& limits, std::string_view server,
                       OnDeadline on_deadline)
    : socket_{std::move(socket)},
      client_{std::move(client)},
      app_{app},
      limits_{limits},
      server_{server},
      on_deadline_{std::move(on_deadline)},
      buffer_{max_header + 2 * packet} {}

awaitable<void> Connection::run() {
    while (!finishing_) {
        const bool begins = co_await request_begins();
        if (!begins)
            co_return;
        const auto next = co_await exchange();
        if (next == Next::lingering_close)
            co_return co_await lingering_close();
        if (next == Next::nothing)
            co_return;
    }
}

void Connection::finish() {
    finishing_ = true;
    if (idle_)
        drop();
}

void Connection::drop() {
    finishing_ = true;
    deadline_ = Clock::time_point::max();
    error_code ignored;
    socket_.close(ignored);
}

void Connection::wait_at_most(std::chrono::milliseconds limit) {
    waits_since_ = Clock::now();
    deadline_ = waits_since_ + limit;
    on_deadline_(deadline_);
}

/// Waits for the first bytes of a request; false if the client closes first.
awaitable<bool> Connection::request_begins() {
    idle_ = true;
    for (bool first = true; !skip_empty_lines(buffer_); first = false) {
        if (first)
            wait_at_most(limits_.idle);
        const bool received = co_await receive();
        if (!received)
            co_return false;
    }
    idle_ = false;
    co_return true;
}

/// Appends to the buffer what arrives, usually one packet. False if the client closed or was dropped.
awaitable<bool> Connection::receive() {
    const auto [failed, size] = co_await socket_.async_read_some(buffer_.prepare(packet), as_tuple(use_awaitable));
    buffer_.commit(size);
    co_return !failed;
}

awaitable<bool> Connection::write(std::string_view header, std::string_view body) {
    const std::array<asio::const_buffer, 2> all{asio::buffer(header), asio::buffer(body)};
    const auto [failed, size] = co_await asio::async_write(socket_, all, as_tuple(use_awaitable));
    co_return !failed;
}

/// Reads the rest of a request. The bytes are given to the parser by hand, since asynchronous operations on a buffer
/// that already has them all cost a turn of the loop each. False if the client closed or was dropped.
awaitable<bool> Connection::read(RequestReader& reader, std::optional<Rejection>& rejection) {
    wait_at_most(limits_.request);
    for (;;) {
        rejection = reader.put(buffer_);
        if (rejection || reader.done())
            co_return true;
        bool open = false;
        if (reader.expects_continue())
            open = co_await write("HTTP/1.1 100 Continue\r\n\r\n");
        else
            open = co_await receive();
        if (!open)
            co_return false;
    }
}

awaitable<Connection::Next> Connection::exchange() {
    RequestReader reader{limits_.max_body};
    std::optional<Rejection> rejection;
    const bool read_all = co_await read(reader, rejection);
    if (!read_all)
        co_return Next::nothing;
    if (rejection)
        co_return co_await send(app_.reject(*rejection), false, 11, false);
    const bool head = reader.head(), keep_alive = reader.keep_alive();
    const auto version = reader.version();
    at_work_ = true;
    deadline_ = Clock::time_point::max();
    auto reply = co_await app_.answer(reader.take(client_));
    at_work_ = false;
    co_return co_await send(std::move(reply), head, version, keep_alive && !finishing_);
}

awaitable<Connection::Next> Connection::send(Reply reply, bool head, unsigned version, bool keep_alive) {
    keep_alive = keep_alive && !reply.close;
    wait_at_most(limits_.reply);
    const auto header = header_of(reply, server_, version, keep_alive);
    const bool sent = co_await write(header, head || reply.stream ? std::string_view{} : reply.body);
    if (!sent)
        co_return Next::nothing;
    if (reply.stream && !head) {
        at_work_ = true;
        deadline_ = Clock::time_point::max();
        buffer_.clear();
        buffer_.shrink_to_fit();
        co_await reply.stream->run(std::move(socket_), version >= 11);
        co_return Next::nothing;
    }
    co_return keep_alive ? Next::request : Next::lingering_close;
}

/// Closing a socket while its peer still sends makes the peer lose the last response: the rest is read first.
awaitable<void> Connection::lingering_close() {
    error_code ignored;
    socket_.shutdown(Socket::shutdown_send, ignored);
    wait_at_most(limits_.lingering_close);
    std::array<char, packet> rest;
    for (;;) {
        const auto [failed, size] = co_await socket_.async_read_some(asio::buffer(rest), as_tuple(use_awaitable));
        if (failed)
            co_return;
    }
}

}  // namespace revenant::http
