#include "monitor/web/server.hpp"

#include <algorithm>


#include "common/async/backoff.hpp"
#include "common/net/tcp_listener.hpp"

namespace revenant::monitor {
namespace {

using Tcp = asio::ip::tcp;

}  // namespace

Server::Server(TaskGroup& tasks, const asio::any_io_executor& executor, Service& service, Hub& hub,
               const Tcp::endpoint& listen, const WebLimits& limits)
    : tasks_{tasks},
      executor_{executor},
      service_{service},
      hub_{hub},
      limits_{limits},
      acceptor_{listen_at(executor, listen)},
      ended_{executor} {
    tasks_.spawn(accept());
}

std::string Server::where() const {
    return shown(acceptor_.local_endpoint());
}

awaitable<void> Server::accept() {
    auto backoff = standard_backoff();
    asio::steady_timer pause{executor_};
    for (;;) {
        auto [failed, socket] = co_await acceptor_.async_accept(as_tuple(use_awaitable));
        if (!failed) {
            error_code ignored;
            socket.set_option(Tcp::no_delay{true}, ignored);
            admit(std::move(socket));
            backoff.reset();
            continue;
        }
        if (!acceptor_.is_open())
            co_return;
        pause.expires_after(backoff.next());  // out of descriptors, as a rule: the backlog waits for us
        co_await pause.async_wait(use_awaitable);
    }
}

/// With too many of them one that is idle makes room, so that they cannot keep a person away. The place of a viewer who
/// is not there is anyone's: many viewers who come at once are connections that ask nothing yet.
void Server::admit(Tcp::socket socket) {
    if (connections_.size() >= limits_.requests + limits_.streams.total) {
        const auto idle = std::find_if(connections_.begin(), connections_.end(), [](const Connection& connection) {
            return connection.idle() && !connection.streaming();
        });
        if (idle == connections_.end())
            return;
        idle->finish();
    }
    const auto connection = connections_.emplace(connections_.end(), std::move(socket), service_, hub_, limits_);
    tasks_.spawn(converse(connection));
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
    for (auto& connection : connections_)
        connection.finish();
    co_await ended_.wait_until([this] { return connections_.empty(); },
                               std::chrono::steady_clock::now() + limits_.stopping);
}

}  // namespace revenant::monitor
