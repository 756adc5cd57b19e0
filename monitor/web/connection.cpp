#include "monitor/web/connection.hpp"

#include <array>
#include <sstream>

#include <boost/asio/write.hpp>
#include <boost/beast/http.hpp>
#include <fmt/format.h>

#include "common/core/version.hpp"

namespace revenant::monitor {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;

using Parser = http::request_parser<http::empty_body>;

constexpr std::uint32_t max_header = 8 * 1024;
constexpr std::size_t packet = 2 * 1024;

/// What a request that cannot be read means; nothing if the client is gone or too slow.
std::optional<Reply> reply_to(const error_code& failed) {
    if (failed == http::error::header_limit || failed == http::error::buffer_overflow)
        return problem(431, fmt::format("the request's header is longer than {} bytes: send less", max_header));
    if (failed == http::error::unexpected_body || failed == http::error::body_limit)
        return problem(413, "the request has a body: everything here is only asked for");
    const bool unfinished = failed == http::error::end_of_stream || failed == http::error::partial_message;
    if (unfinished || failed.category() != make_error_code(http::error::bad_method).category())
        return std::nullopt;
    return problem(400, fmt::format("invalid HTTP request ({}): send a request of HTTP/1.1", failed.message()));
}

Inquiry inquiry_of(const http::request<http::empty_body>& request) {
    const auto text = [](boost::beast::string_view view) { return std::string{view.data(), view.size()}; };
    return {text(request.method_string()), text(request.target()), text(request[http::field::authorization]),
            text(request[http::field::if_none_match]), text(request[http::field::host])};
}

/// What a reader of the stream had last: the header's field, or, from a page that begins anew, the parameter.
std::string last_event_id(const http::request<http::empty_body>& request) {
    const auto field = request["Last-Event-ID"];
    if (!field.empty())
        return {field.data(), field.size()};
    return parameter({request.target().data(), request.target().size()}, "last-event-id").value_or("");
}

}  // namespace

Connection::Connection(asio::ip::tcp::socket socket, Service& service, Hub& hub, const WebLimits& limits)
    : stream_{std::move(socket)}, service_{service}, hub_{hub}, limits_{limits} {
    error_code failed;
    const auto endpoint = stream_.socket().remote_endpoint(failed);
    if (failed)
        return;
    address_ = endpoint.address().to_string();
    peer_ = fmt::format("{}:{}", endpoint.address().is_v6() ? '[' + address_ + ']' : address_, endpoint.port());
}

awaitable<void> Connection::run() {
    auto next = Next::request;
    while (next == Next::request && !finishing_) {
        const bool more = co_await read_more();
        if (!more)
            co_return;
        next = co_await exchange();
    }
    if (next != Next::stream)
        co_return;
    buffer_.clear();
    buffer_.shrink_to_fit();
    if (finishing_)
        viewer_->finish();
    co_await viewer_->run();
}

void Connection::finish() {
    finishing_ = true;
    if (viewer_)
        viewer_->finish();
    else if (std::exchange(idle_, false))
        stream_.close();
}

/// Waits for the first byte of a request; false when there will be none.
awaitable<bool> Connection::read_more() {
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
    parser.header_limit(max_header);
    stream_.expires_after(limits_.request);
    const auto [failed, size] = co_await http::async_read(stream_, buffer_, parser, as_tuple(use_awaitable));
    if (failed) {
        auto reply = reply_to(failed);
        if (reply)
            co_await send(std::move(*reply), false, 11, false);
        co_return Next::nothing;
    }
    const auto request = parser.release();
    const bool head = request.method() == http::verb::head;
    auto reply = service_.answer(inquiry_of(request));
    if (reply.stream && !head && !finishing_) {
        auto place = hub_.join(peer_, address_, last_event_id(request));
        if (place) {
            viewer_.emplace(stream_.release_socket(), std::move(*place), request.version() >= 11, limits_.pace);
            co_return Next::stream;
        }
        reply = problem(503, "there are too many viewers: come again later");
        reply.fields.emplace_back("Retry-After", "5");
    }
    const bool more = request.keep_alive() && !finishing_;
    const bool well = co_await send(std::move(reply), head, request.version(), more);
    co_return well&& more ? Next::request : Next::nothing;
}

awaitable<bool> Connection::send(Reply reply, bool head, unsigned version, bool keep_alive) {
    http::response<http::string_body> response{static_cast<http::status>(reply.status), version};
    response.set(http::field::server, fmt::format("revenant-monitor/{}", revenant::version));
    response.set(http::field::content_type, reply.type);
    response.set("X-Content-Type-Options", "nosniff");
    for (const auto& [name, value] : reply.fields)
        response.set(name, value);
    response.keep_alive(keep_alive);
    response.body() = std::move(reply.body);
    response.prepare_payload();
    if (head)
        response.body().clear();  // its length stays as it would have been
    stream_.expires_after(limits_.reply);
    const auto header = (std::ostringstream{} << response.base()).str();
    const std::array<asio::const_buffer, 2> all{asio::buffer(header), asio::buffer(response.body())};
    const auto [failed, size] = co_await asio::async_write(stream_, all, as_tuple(use_awaitable));
    if (!failed && !keep_alive) {
        error_code ignored;
        stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    }
    co_return !failed;
}

}  // namespace revenant::monitor
