#pragma once

#include <list>

#include <boost/asio/ip/tcp.hpp>

#include "common/async/event.hpp"
#include "common/async/task_group.hpp"
#include "monitor/web/connection.hpp"

namespace revenant::monitor {

/// Listens, and keeps the connections. Its coroutines run in `tasks`, which it outlives. One thread.
class Server {
public:
    /// Listens from here on. Throws std::runtime_error, a sentence for a person, if it cannot.
    Server(TaskGroup& tasks, const asio::any_io_executor& executor, Service& service, Hub& hub,
           const asio::ip::tcp::endpoint& listen, const WebLimits& limits);

    /// Where it listens, with the port that it got: 127.0.0.1:20092.
    [[nodiscard]] std::string where() const;
    [[nodiscard]] std::size_t connections() const { return connections_.size(); }

    /// No new connections; streams get their farewell. Returns when all have ended, or after WebLimits::stopping.
    awaitable<void> finish();

private:
    awaitable<void> accept();
    awaitable<void> converse(std::list<Connection>::iterator connection);
    void admit(asio::ip::tcp::socket socket);

    TaskGroup& tasks_;
    asio::any_io_executor executor_;
    Service& service_;
    Hub& hub_;
    const WebLimits& limits_;
    asio::ip::tcp::acceptor acceptor_;
    std::list<Connection> connections_;
    Event ended_;  // a connection
};

}  // namespace revenant::monitor
