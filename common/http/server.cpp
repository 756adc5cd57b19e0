#include "common/http/server.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "common/async/backoff.hpp"
#include "common/core/log.hpp"
#include "common/net/tcp_listener.hpp"

namespace revenant::http {

Server::Server(TaskGroup& tasks, const asio::any_io_executor& executor, App& app, std::string name,
               const Limits& limits)
    : tasks_{tasks},
      executor_{executor},
      app_{app},
      name_{std::move(name)},
      limits_{limits},
      ended_{executor},
      sweep_{executor} {}

void Server::start() {
    tasks_.spawn(keep_deadlines());
    tasks_.spawn(accept_tcp());
    if (unix_)
        tasks_.spawn(accept_unix());
}

std::string Server::where() const {
    const auto tcp = shown(tcp_->local_endpoint());
    return unix_ ? fmt::format("{} and '{}'", tcp, unix_->path().string()) : tcp;
}

awaitable<void> Server::accept_tcp() {
    auto backoff = standard_backoff();
    while (tcp_->is_open()) {
        auto [failed, socket] = co_await tcp_->async_accept(as_tuple(use_awaitable));
        if (failed && tcp_->is_open()) {
            co_await sleep_for(backoff.next());  // usually out of descriptors: the connection stays in the backlog
        } else if (!failed) {
            error_code ignored;
            socket.set_option(asio::ip::tcp::no_delay{true}, ignored);
            const auto peer = socket.remote_endpoint(ignored);
            admit(std::move(socket), shown(peer));
            backoff.reset();
        }
    }
}

awaitable<void> Server::accept_unix() {
    try {
        for (;;)
            admit(co_await unix_->accept(), "unix");
    } catch (const system_error&) {  // closed or cancelled: the other coroutines of the group go on
    }
}

void Server::admit(Socket socket, std::string client) {
    if (connections_.size() >= limits_.connections && !make_room())
        return;
    const auto on_deadline = [this](Clock::time_point deadline) {
        if (deadline < next_sweep_) {
            next_sweep_ = deadline;
            sweep_.cancel();
        }
    };
    const auto connection = connections_.emplace(connections_.end(), std::move(socket), std::move(client), app_,
                                                 limits_, name_, on_deadline);
    tasks_.spawn(converse(connection));
}

/// Drops the connection that has waited longest for its client, so that many slow clients cannot keep a good one away.
/// False if every connection is at work.
bool Server::make_room() {
    auto longest = connections_.end();
    for (auto each = connections_.begin(); each != connections_.end(); ++each)
        if (!each->at_work() && !each->dropped() &&
            (longest == connections_.end() || each->waits_since() < longest->waits_since()))
            longest = each;
    if (const auto left_out = closed_.tell())
        log::warn("a client was disconnected: {} connections are the maximum ({} more since the last such line)",
                  limits_.connections, *left_out);
    if (longest == connections_.end())
        return false;
    longest->drop();
    return true;
}

/// Drops each connection at its deadline. One timer serves all: it is set anew only for a nearer deadline, which is
/// rare while a client sends request after request.
awaitable<void> Server::keep_deadlines() {
    constexpr auto pace = 20ms;  // at most this late
    for (;;) {
        sweep_.expires_at(next_sweep_);
        co_await sweep_.async_wait(as_tuple(use_awaitable));
        const auto now = Clock::now();
        if (now < next_sweep_)
            continue;
        next_sweep_ = Clock::time_point::max();
        for (auto& connection : connections_)
            if (connection.deadline() <= now)
                connection.drop();
            else
                next_sweep_ = std::min(next_sweep_, std::max(connection.deadline(), now + pace));
    }
}

awaitable<void> Server::converse(std::list<Connection>::iterator connection) {
    struct Removal {
        Server& server;
        std::list<Connection>::iterator connection;
        ~Removal() {
            server.connections_.erase(connection);
            server.ended_.notify();
        }
    } const removal{*this, connection};
    co_await connection->run();
}

awaitable<void> Server::finish() {
    tcp_->close();
    if (unix_)
        unix_->close();
    for (auto& connection : connections_)
        connection.finish();
    co_await ended_.wait_until([this] { return connections_.empty(); }, Clock::now() + limits_.stopping);
}

}  // namespace revenant::http
