#include "monitor/checks/http_way.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include "common/version.hpp"

namespace revenant::monitor {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;

constexpr std::uint32_t longest_header = 16 * 1024;
constexpr std::uint64_t longest_body = 64 * 1024;

/// The status of a health document (pass, warn, fail), where the body is one.
Answer answer_of(const http::response<http::string_body>& response) {
    const auto code = response.result_int();
    const bool well = code >= 200 && code < 300;
    const auto reason = fmt::format("it answers with {}", code);
    const auto type = response[http::field::content_type];
    if (!type.starts_with("application/health+json"))
        return {true, well ? Health::healthy : Health::unhealthy, reason};
    boost::json::error_code failed;
    const auto body = boost::json::parse(response.body(), failed);
    const auto* status = !failed && body.is_object() ? body.get_object().if_contains("status") : nullptr;
    const std::string_view word =
        status != nullptr && status->is_string() ? std::string_view{status->get_string()} : std::string_view{};
    if (word == "fail")
        return {true, Health::unhealthy, reason + " and says fail"};
    if (word == "warn")
        return {true, Health::degraded, reason + " and says warn"};
    return {true, well ? Health::healthy : Health::unhealthy, reason};
}

Answer silence(const error_code& failed) {
    return {false, Health::unhealthy,
            failed == beast::error::timeout ? "it does not answer in time" : "it cannot be asked: " + failed.message()};
}

}  // namespace

awaitable<Answer> HttpWay::ask(Moment deadline) {
    beast::tcp_stream stream{co_await asio::this_coro::executor};
    stream.expires_at(deadline);
    const auto [unreached] = co_await stream.async_connect(server_, as_tuple(use_awaitable));
    if (unreached)
        co_return silence(unreached);
    http::request<http::empty_body> request{http::verb::get, path_, 11};
    request.set(http::field::host, fmt::format("{}:{}", server_.address().to_string(), server_.port()));
    request.set(http::field::user_agent, fmt::format("revenant-monitor/{}", revenant::version));
    request.keep_alive(false);
    const auto [unsent, sent] = co_await http::async_write(stream, request, as_tuple(use_awaitable));
    if (unsent)
        co_return silence(unsent);
    beast::flat_buffer buffer{longest_header + longest_body};
    http::response_parser<http::string_body> parser;
    parser.header_limit(longest_header);
    parser.body_limit(longest_body);
    const auto [unread, size] = co_await http::async_read(stream, buffer, parser, as_tuple(use_awaitable));
    if (unread)
        co_return silence(unread);
    co_return answer_of(parser.get());
}

}  // namespace revenant::monitor
