#include "monitor/checks/http_probe.hpp"

#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <fmt/format.h>

#include "common/async/within.hpp"
#include "common/core/version.hpp"
#include "monitor/checks/health_answer.hpp"

namespace revenant::monitor {
namespace {

namespace http = boost::beast::http;

constexpr std::uint32_t max_header = 16 * 1024;
constexpr std::uint64_t max_body = 64 * 1024;
constexpr int max_interim = 16;  // responses such as 103 before the final one

Answer silence(const error_code& failed) {
    return {false, Health::unhealthy, "request failed: " + failed.message()};
}

std::string host_of(const asio::ip::tcp::endpoint& server) {
    const auto address = server.address();
    if (address.is_v4())
        return fmt::format("{}:{}", address.to_string(), server.port());
    const asio::ip::address_v6 without_zone{address.to_v6().to_bytes()};
    return fmt::format("[{}]:{}", without_zone.to_string(), server.port());
}

Answer answer_of(const http::response<http::string_body>& response) {
    const auto type = response[http::field::content_type];
    return health_answer(response.result_int(), {type.data(), type.size()}, response.body());
}

/// Reads the final response: those with status 1xx come before it (RFC 9110 15.2).
awaitable<Answer> read_answer(asio::ip::tcp::socket& server) {
    boost::beast::flat_buffer buffer{max_header + max_body};
    for (int interim = 0; interim <= max_interim; ++interim) {
        http::response_parser<http::string_body> parser;
        parser.header_limit(max_header);
        parser.body_limit(max_body);
        const auto [unread, size] = co_await http::async_read(server, buffer, parser, as_tuple(use_awaitable));
        if (unread)
            co_return silence(unread);
        if (parser.get().result_int() / 100 != 1)
            co_return answer_of(parser.get());
    }
    co_return Answer{false, Health::unhealthy,
                     fmt::format("no final response: more than {} with status 1xx", max_interim)};
}

}  // namespace

// By hand: Beast's message serializer takes seconds to compile.
std::string probe_request(const asio::ip::tcp::endpoint& server, const std::string& path) {
    return fmt::format("GET {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: revenant-monitor/{}\r\nConnection: close\r\n\r\n",
                       path, host_of(server), revenant::version);
}

awaitable<Answer> HttpProbe::ask(Moment deadline) {
    const auto answer = co_await within(deadline, exchange());
    co_return answer.value_or(Answer{false, Health::unhealthy, "no response within the deadline"});
}

awaitable<Answer> HttpProbe::exchange() {
    asio::ip::tcp::socket server{co_await asio::this_coro::executor};
    const auto [unreached] = co_await server.async_connect(server_, as_tuple(use_awaitable));
    if (unreached)
        co_return silence(unreached);
    const auto request = probe_request(server_, path_);
    const auto [unsent, sent] = co_await asio::async_write(server, asio::buffer(request), as_tuple(use_awaitable));
    if (unsent)
        co_return silence(unsent);
    co_return co_await read_answer(server);
}

}  // namespace revenant::monitor
