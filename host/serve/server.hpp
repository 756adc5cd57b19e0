#pragma once

#include <list>
#include <optional>

#include <boost/asio/ip/tcp.hpp>

#include "common/async/event.hpp"
#include "common/async/task_group.hpp"
#include "common/core/log_throttle.hpp"
#include "common/net/unix_listener.hpp"
#include "host/serve/connection.hpp"

namespace revenant::host::serve {

/// Listens, and keeps the connections. Its coroutines run in `tasks`, which it outlives. One thread.
class Server {
public:
    /// Listens from here on. Throws std::runtime_error, a sentence for a person, if it cannot.
    Server(TaskGroup& tasks, const asio::any_io_executor& executor, Service& service, const ServeSettings& settings);

    /// Where it listens; with the port that it got.
    [[nodiscard]] std::string where() const;

    /// No new connections; those that are idle end. Returns when the others have had their answers, or after
    /// Limits::stopping.
    awaitable<void> finish();

private:
    using Tcp = asio::ip::tcp;
    awaitable<void> accept_tcp();
    awaitable<void> accept_unix();
    awaitable<void> converse(std::list<Connection>::iterator connection);
    awaitable<void> keep_deadlines();
    bool make_room();
    void admit(Connection::Socket socket, std::string client);

    TaskGroup& tasks_;
    asio::any_io_executor executor_;
    Service& service_;
    const ServeSettings& settings_;
    Tcp::acceptor acceptor_;
    std::optional<UnixListener> unix_;
    std::list<Connection> connections_;
    Event ended_;  // a connection
    asio::steady_timer sweep_;
    Connection::Clock::time_point next_sweep_ = Connection::Clock::time_point::max();
    LogThrottle sent_away_;
};

}  // namespace revenant::host::serve
