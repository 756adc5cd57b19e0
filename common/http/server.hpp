#pragma once

#include <list>
#include <optional>

#include <boost/asio/ip/tcp.hpp>

#include "common/async/event.hpp"
#include "common/async/task_group.hpp"
#include "common/core/log_throttle.hpp"
#include "common/http/connection.hpp"
#include "common/net/unix_listener.hpp"

namespace revenant::http {

/// Accepts connections and limits them. Its coroutines run in `tasks`, which must end before it. One thread.
class Server {
public:
    /// `name`: the field Server of its responses. `limits` may change during its lifetime.
    Server(TaskGroup& tasks, const asio::any_io_executor& executor, App& app, std::string name, const Limits& limits);

    void listen(asio::ip::tcp::acceptor acceptor) { tcp_.emplace(std::move(acceptor)); }
    void listen(UnixListener listener) { unix_.emplace(std::move(listener)); }
    /// Starts to accept. The owner's constructor does not call it: no coroutine may use a server whose owner threw.
    void start();

    /// Where it listens, with the actual port: "127.0.0.1:20090", or "127.0.0.1:20090 and '/run/x.sock'".
    [[nodiscard]] std::string where() const;
    [[nodiscard]] std::size_t connections() const { return connections_.size(); }

    /// Stops listening and closes idle connections. Returns when pending responses were sent, or after
    /// Limits::stopping.
    awaitable<void> finish();

private:
    awaitable<void> accept_tcp();
    awaitable<void> accept_unix();
    awaitable<void> converse(std::list<Connection>::iterator connection);
    awaitable<void> keep_deadlines();
    bool make_room();
    void admit(Socket socket, std::string client);

    TaskGroup& tasks_;
    asio::any_io_executor executor_;
    App& app_;
    std::string name_;
    const Limits& limits_;
    std::optional<asio::ip::tcp::acceptor> tcp_;
    std::optional<UnixListener> unix_;
    std::list<Connection> connections_;
    Event ended_;  // a connection
    Timer sweep_;
    Clock::time_point next_sweep_ = Clock::time_point::max();
    LogThrottle closed_;
};

}  // namespace revenant::http
