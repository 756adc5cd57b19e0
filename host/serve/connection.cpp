#include "host/serve/connection.hpp"

#include <array>
#include <sstream>
#include <utility>

#include <boost/asio/write.hpp>
#include <boost/beast/http.hpp>
#include <fmt/format.h>

#include "common/core/version.hpp"

namespace revenant::host::serve {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;

using HttpRequest = http::request<http::string_body>;

constexpr std::uint32_t max_header = 8 * 1024;
constexpr std::size_t packet = 4 * 1024;
const std::string server_name = std::string{"revenant/"} + revenant::version;

/// What a request that cannot be read means; nothing if the client is gone or too slow.
std::optional<Error> error_of(const error_code& failed) {
    if (failed == http::error::body_limit)
        return Error{
            Fault::body_too_long,
            fmt::format("the body of the request is longer than {} bytes: send one operation per request", max_body)};
    if (failed == http::error::header_limit || failed == http::error::buffer_overflow)
        return Error{Fault::header_too_long,
                     fmt::format("the request's header is longer than {} bytes: send less", max_header)};
    const bool unfinished = failed == http::error::end_of_stream || failed == http::error::partial_message;
    if (unfinished || failed.category() != make_error_code(http::error::bad_method).category())
        return std::nullopt;
    return Error{Fault::bad_request,
                 fmt::format("invalid HTTP request ({}): send a request of HTTP/1.1", failed.message())};
}

Inquiry inquiry_of(const std::string& client, HttpRequest& request) {
    return {client, std::string{request.method_string()}, std::string{request.target()}, std::move(request.body()),
            request.count(http::field::origin) != 0};
}

}  // namespace

/// Of one request. It is fed by hand: what arrives is one packet as a rule, and each operation of its own on a buffer
/// that has it all already would cost a turn of the loop.
struct Connection::Parser : http::request_parser<http::string_body> {
    Parser() {
        header_limit(max_header);
        body_limit(max_body);
        eager(true);
    }
};

Connection::Connection(Socket socket, std::string client, Service& service, const Limits& limits, Hurry hurry)
    : socket_{std::move(socket)},
      client_{std::move(client)},
      service_{service},
      limits_{limits},
      hurry_{std::move(hurry)} {}

awaitable<void> Connection::run() {
    while (!finishing_) {
        const bool more = co_await heard();
        if (!more)
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
    hurry_(deadline_);
}

/// Waits for the first bytes of a request; false when there will be none.
awaitable<bool> Connection::heard() {
    if (buffer_.size() > 0)
        co_return true;
    idle_ = true;
    wait_at_most(limits_.idle);
    const auto failed = co_await receive();
    idle_ = false;
    co_return !failed;
}

awaitable<error_code> Connection::receive() {
    if (buffer_.size() + packet > buffer_.max_size())
        co_return http::error::buffer_overflow;
    const auto [failed, size] = co_await socket_.async_read_some(buffer_.prepare(packet), as_tuple(use_awaitable));
    buffer_.commit(size);
    co_return failed;
}

/// The rest of a request whose first bytes are there.
awaitable<error_code> Connection::read(Parser& parser) {
    wait_at_most(limits_.request);
    bool told_to_go_on = false;
    for (;;) {
        error_code failed;
        buffer_.consume(parser.put(buffer_.data(), failed));
        if (failed && failed != http::error::need_more)
            co_return failed;
        if (parser.is_done())
            co_return error_code{};
        if (parser.is_header_done() && !std::exchange(told_to_go_on, true))
            failed = co_await tell_to_go_on_if_asked(parser);
        else
            failed = co_await receive();
        if (failed)
            co_return failed;
    }
}

/// Answers "Expect: 100-continue".
awaitable<error_code> Connection::tell_to_go_on_if_asked(Parser& parser) {
    if (!beast::iequals(parser.get()[http::field::expect], "100-continue"))
        co_return error_code{};
    const auto version = parser.get().version();
    const auto go_on = fmt::format("HTTP/{}.{} 100 Continue\r\n\r\n", version / 10, version % 10);
    const auto [failed, size] = co_await asio::async_write(socket_, asio::buffer(go_on), as_tuple(use_awaitable));
    co_return failed;
}

/// Reads one request and answers it.
awaitable<Connection::Next> Connection::exchange() {
    Parser parser;
    if (const auto failed = co_await read(parser)) {
        const auto problem = error_of(failed);
        if (!problem)
            co_return Next::nothing;
        co_return co_await send(reply_of(*problem), 11, false);
    }
    auto request = parser.release();
    at_work_ = true;
    deadline_ = Clock::time_point::max();
    auto reply = co_await service_.answer(inquiry_of(client_, request));
    at_work_ = false;
    co_return co_await send(std::move(reply), request.version(), request.keep_alive() && !finishing_);
}

awaitable<Connection::Next> Connection::send(Reply reply, unsigned version, bool keep_alive) {
    http::response<http::string_body> response{static_cast<http::status>(reply.status), version};
    response.set(http::field::server, server_name);
    response.set(http::field::content_type, reply.content_type);
    if (reply.allowed != nullptr)
        response.set(http::field::allow, reply.allowed);
    response.keep_alive(keep_alive);
    response.body() = std::move(reply.body);
    response.prepare_payload();
    wait_at_most(limits_.reply);
    const auto header = (std::ostringstream{} << response.base()).str();
    const std::array<asio::const_buffer, 2> all{asio::buffer(header), asio::buffer(response.body())};
    const auto [failed, size] = co_await asio::async_write(socket_, all, as_tuple(use_awaitable));
    if (failed)
        co_return Next::nothing;
    co_return response.keep_alive() ? Next::request : Next::lingering_close;
}

/// A socket that is closed while its peer still sends takes the last answer away from it: so the rest is skipped first.
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

}  // namespace revenant::host::serve
