#include "host/serve/connection.hpp"

#include <array>
#include <utility>

#include <boost/beast/http.hpp>
#include <fmt/format.h>

#include "common/version.hpp"

namespace revenant::host::serve {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;

using Parser = http::request_parser<http::string_body>;

constexpr std::uint32_t longest_header = 8 * 1024;
constexpr std::size_t packet = 4 * 1024;

/// What a request that cannot be read means; nothing if the client is gone or too slow.
std::optional<Problem> problem_of(const error_code& failed) {
    if (failed == http::error::body_limit)
        return Problem{413,
                       fmt::format("the request's body is longer than {} bytes, which no operation is: send one alone",
                                   longest_body)};
    if (failed == http::error::header_limit || failed == http::error::buffer_overflow)
        return Problem{431, fmt::format("the request's header is longer than {} bytes: send less", longest_header)};
    const bool unfinished = failed == http::error::end_of_stream || failed == http::error::partial_message;
    if (unfinished || failed.category() != make_error_code(http::error::bad_method).category())
        return std::nullopt;
    return Problem{400, fmt::format("this is no request of HTTP ({}): send one", failed.message())};
}

/// Reads a whole request within the limit.
awaitable<error_code> read(Connection::Stream& stream, beast::flat_buffer& buffer, Parser& parser,
                           std::chrono::milliseconds limit) {
    stream.expires_after(limit);
    const auto [no_header, size] = co_await http::async_read_header(stream, buffer, parser, as_tuple(use_awaitable));
    if (no_header)
        co_return no_header;
    if (beast::iequals(parser.get()[http::field::expect], "100-continue")) {
        const http::response<http::empty_body> go_on{http::status::continue_, parser.get().version()};
        const auto [unsent, sent] = co_await http::async_write(stream, go_on, as_tuple(use_awaitable));
        if (unsent)
            co_return unsent;
    }
    const auto [no_body, rest] = co_await http::async_read(stream, buffer, parser, as_tuple(use_awaitable));
    stream.expires_never();
    co_return no_body;
}

Inquiry inquiry_of(const std::string& client, Parser::value_type& request) {
    return {client, std::string{request.method_string()}, std::string{request.target()}, std::move(request.body()),
            request.count(http::field::origin) != 0};
}

}  // namespace

awaitable<void> Connection::run() {
    while (!finishing_) {
        const bool more = co_await heard();
        if (!more)
            co_return;
        const auto next = co_await exchange();
        if (next == Next::farewell)
            co_return co_await farewell();
        if (next == Next::nothing)
            co_return;
    }
}

void Connection::finish() {
    finishing_ = true;
    if (std::exchange(idle_, false))
        stream_.close();
}

/// Waits for the first byte of a request; false when there will be none.
awaitable<bool> Connection::heard() {
    if (buffer_.size() > 0)
        co_return true;
    idle_ = true;
    stream_.expires_after(limits_.idle);
    const auto [failed, size] = co_await stream_.async_read_some(buffer_.prepare(packet), as_tuple(use_awaitable));
    idle_ = false;
    buffer_.commit(size);
    co_return !failed;
}

/// Reads one request and answers it.
awaitable<Connection::Next> Connection::exchange() {
    Parser parser;
    parser.header_limit(longest_header);
    parser.body_limit(longest_body);
    if (const auto failed = co_await read(stream_, buffer_, parser, limits_.request)) {
        const auto problem = problem_of(failed);
        if (!problem)
            co_return Next::nothing;
        co_return co_await send(reply_of(*problem), 11, false);
    }
    auto request = parser.release();
    auto reply = co_await service_.answer(inquiry_of(client_, request));
    co_return co_await send(std::move(reply), request.version(), request.keep_alive() && !finishing_);
}

awaitable<Connection::Next> Connection::send(Reply reply, unsigned version, bool keep_alive) {
    http::response<http::string_body> response{static_cast<http::status>(reply.status), version};
    response.set(http::field::server, fmt::format("revenant/{}", revenant::version));
    response.set(http::field::content_type, reply.content_type);
    if (reply.allowed != nullptr)
        response.set(http::field::allow, reply.allowed);
    response.keep_alive(keep_alive);
    response.body() = std::move(reply.body);
    response.prepare_payload();
    stream_.expires_after(limits_.reply);
    const auto [failed, size] = co_await http::async_write(stream_, response, as_tuple(use_awaitable));
    if (failed)
        co_return Next::nothing;
    co_return response.keep_alive() ? Next::request : Next::farewell;
}

/// A socket that is closed while its peer still sends takes the last answer away from it: so the rest is skipped first.
awaitable<void> Connection::farewell() {
    error_code ignored;
    stream_.socket().shutdown(Socket::shutdown_send, ignored);
    stream_.expires_after(limits_.farewell);
    std::array<char, packet> rest;
    for (;;) {
        const auto [failed, size] = co_await stream_.async_read_some(asio::buffer(rest), as_tuple(use_awaitable));
        if (failed)
            co_return;
    }
}

}  // namespace revenant::host::serve
