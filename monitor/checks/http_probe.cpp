#include "monitor/checks/http_probe.hpp"

#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <fmt/format.h>

#include "common/core/version.hpp"
#include "monitor/checks/health_answer.hpp"

namespace revenant::monitor {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;

constexpr std::uint32_t max_header = 16 * 1024;
constexpr std::uint64_t max_body = 64 * 1024;

Answer silence(const error_code& failed) {
    return {
        false, Health::unhealthy,
        failed == beast::error::timeout ? "no response within the deadline" : "request failed: " + failed.message()};
}

}  // namespace

awaitable<Answer> HttpProbe::ask(Moment deadline) {
    beast::tcp_stream stream{co_await asio::this_coro::executor};
    stream.expires_at(deadline);
    const auto [unreached] = co_await stream.async_connect(server_, as_tuple(use_awaitable));
    if (unreached)
        co_return silence(unreached);
    // Written by hand: Beast's message serializer takes seconds to compile.
    const auto request =
        fmt::format("GET {} HTTP/1.1\r\nHost: {}:{}\r\nUser-Agent: revenant-monitor/{}\r\nConnection: close\r\n\r\n",
                    path_, server_.address().to_string(), server_.port(), revenant::version);
    const auto [unsent, sent] = co_await asio::async_write(stream, asio::buffer(request), as_tuple(use_awaitable));
    if (unsent)
        co_return silence(unsent);
    beast::flat_buffer buffer{max_header + max_body};
    http::response_parser<http::string_body> parser;
    parser.header_limit(max_header);
    parser.body_limit(max_body);
    const auto [unread, size] = co_await http::async_read(stream, buffer, parser, as_tuple(use_awaitable));
    if (unread)
        co_return silence(unread);
    const auto& response = parser.get();
    const auto type = response[http::field::content_type];
    co_return health_answer(response.result_int(), {type.data(), type.size()}, response.body());
}

}  // namespace revenant::monitor
