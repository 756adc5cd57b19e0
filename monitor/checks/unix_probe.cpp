#include "monitor/checks/unix_probe.hpp"

#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/read_until.hpp>
#include <fmt/format.h>

#include "common/async/timer.hpp"

namespace revenant::monitor {
namespace {

Answer no_answer(const error_code& failed, const std::filesystem::path& socket) {
    if (failed == asio::error::timed_out)
        return {false, Health::unhealthy, "no response within the deadline"};
    const auto missing = missing_directory(socket);
    return {false, Health::unhealthy, "request failed: " + (missing.empty() ? failed.message() : missing)};
}

/// Asio reports success for a full backlog; remote_endpoint() then fails with not_connected.
awaitable<error_code> connect(stream_protocol::socket& link, std::filesystem::path path) {
    const stream_protocol::endpoint server{path.string()};
    auto [failed] = co_await link.async_connect(server, as_tuple(use_awaitable));
    if (!failed)
        link.remote_endpoint(failed);
    co_return failed == asio::error::not_connected ? error_code{asio::error::timed_out} : failed;
}

awaitable<error_code> read_line(stream_protocol::socket& link, std::string& text, Moment deadline) {
    Timer limit{link.get_executor(), deadline};
    const auto [order, failed, size, stopped] =
        co_await asio::experimental::make_parallel_group(
            asio::async_read_until(link, asio::dynamic_buffer(text, max_line), '\n', asio::deferred),
            limit.async_wait(asio::deferred))
            .async_wait(asio::experimental::wait_for_one{}, use_awaitable);
    const bool ran_out = failed == asio::error::operation_aborted && !stopped;
    if (!failed)
        text.resize(size);
    co_return ran_out ? error_code{asio::error::timed_out} : failed;
}

}  // namespace

std::string missing_directory(const std::filesystem::path& socket) {
    std::error_code failed;
    const auto directory = socket.parent_path();
    const bool missing = std::filesystem::status(directory, failed).type() == std::filesystem::file_type::not_found;
    return missing ? fmt::format("the directory '{}' does not exist", directory.string()) : std::string{};
}

awaitable<Answer> UnixProbe::ask(Moment /*deadline*/) {  // connect() on a unix socket does not wait here
    stream_protocol::socket link{co_await asio::this_coro::executor};
    const auto failed = co_await connect(link, socket_);
    if (failed)
        co_return no_answer(failed, socket_);
    co_return Answer{true, Health::healthy, "accepts connections"};
}

awaitable<Answer> StatusProbe::ask(Moment deadline) {
    stream_protocol::socket link{co_await asio::this_coro::executor};
    const auto unreached = co_await connect(link, socket_);
    if (unreached)
        co_return no_answer(unreached, socket_);
    std::string line;
    const auto unread = co_await read_line(link, line, deadline);
    if (unread)
        co_return no_answer(unread, socket_);
    size_ = line.size();
    status_ = read_status(line);
    if (!status_)
        co_return Answer{true, Health::degraded, "its status line is not a JSON object"};
    co_return Answer{true, Health::healthy, "sends its status"};
}

}  // namespace revenant::monitor
