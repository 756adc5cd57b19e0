#include "host/serve/server.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "common/async/backoff.hpp"
#include "common/core/log.hpp"
#include "common/net/tcp_listener.hpp"

namespace revenant::host::serve {
namespace {

}  // namespace

Server::Server(TaskGroup& tasks, const asio::any_io_executor& executor, Service& service, const ServeSettings& settings)
    : tasks_{tasks},
      executor_{executor},
      service_{service},
      settings_{settings},
      acceptor_{listen_at(executor, settings.listen)},
      ended_{executor},
      sweep_{executor} {
    if (!settings.unix_socket.empty()) {
        unix_.emplace(executor, settings.unix_socket, SocketAccess::of_group("revenant-operators"), "--unix-socket");
        tasks_.spawn(accept_unix());
    }
    tasks_.spawn(accept_tcp());
    tasks_.spawn(keep_deadlines());
}

std::string Server::where() const {
    const auto tcp = shown(acceptor_.local_endpoint());
    return unix_ ? fmt::format("{} and '{}'", tcp, unix_->path().string()) : tcp;
}

awaitable<void> Server::accept_tcp() {
    auto backoff = standard_backoff();
    asio::steady_timer pause{executor_};
    for (;;) {
        auto [failed, socket] = co_await acceptor_.async_accept(as_tuple(use_awaitable));
        if (!failed) {
            error_code ignored;
            socket.set_option(Tcp::no_delay{true}, ignored);
            const auto peer = socket.remote_endpoint(ignored);
            admit(std::move(socket), shown(peer));
            backoff.reset();
            continue;
        }
        if (!acceptor_.is_open())
            co_return;
        pause.expires_after(backoff.next());  // out of descriptors, as a rule: the backlog waits for us
        co_await pause.async_wait(use_awaitable);
    }
}

awaitable<void> Server::accept_unix() {
    try {
        for (;;)
            admit(co_await unix_->accept(), "unix");
    } catch (const system_error&) {  // closed, or cancelled: no reason for the others to end
    }
}

void Server::admit(Connection::Socket socket, std::string client) {
    if (connections_.size() >= settings_.limits.connections && !make_room())
        return;
    const auto hurry = [this](Connection::Clock::time_point deadline) {
        if (deadline < next_sweep_) {
            next_sweep_ = deadline;
            sweep_.cancel();
        }
    };
    const auto connection = connections_.emplace(connections_.end(), std::move(socket), std::move(client), service_,
                                                 settings_.limits, hurry);
    tasks_.spawn(converse(connection));
}

/// The newest gets the place of the one whose client is waited for longest, so that a crowd of slow ones cannot keep a
/// baker away. Where each is being answered there is none for it.
bool Server::make_room() {
    auto longest = connections_.end();
    for (auto each = connections_.begin(); each != connections_.end(); ++each)
        if (!each->at_work() && !each->dropped() &&
            (longest == connections_.end() || each->waits_since() < longest->waits_since()))
            longest = each;
    if (const auto left_out = sent_away_.tell())
        log::warn(
            "a client was sent away, since there are {} others, the most at a time ({} more since the last such "
            "line)",
            settings_.limits.connections, *left_out);
    if (longest == connections_.end())
        return false;
    longest->drop();
    return true;
}

/// Drops each connection at its deadline. One timer for all of them: it moves when there is a nearer deadline, which
/// for a client that asks again and again is seldom.
awaitable<void> Server::keep_deadlines() {
    constexpr auto pace = 20ms;  // at most this late
    for (;;) {
        sweep_.expires_at(next_sweep_);
        co_await sweep_.async_wait(as_tuple(use_awaitable));
        const auto now = Connection::Clock::now();
        if (now < next_sweep_)
            continue;
        next_sweep_ = Connection::Clock::time_point::max();
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
    acceptor_.close();
    if (unix_)
        unix_->close();
    for (auto& connection : connections_)
        connection.finish();
    co_await ended_.wait_until([this] { return connections_.empty(); },
                               std::chrono::steady_clock::now() + settings_.limits.stopping);
}

}  // namespace revenant::host::serve
