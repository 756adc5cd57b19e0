#pragma once

#include <boost/asio/posix/stream_descriptor.hpp>

#include "common/async/asio.hpp"
#include "monitor/health/health.hpp"
#include "monitor/zmq/sockets.hpp"

namespace revenant::monitor {

/// A ZeroMQ socket whose waits are Asio's. One coroutine at a time.
class ZmqPump {
public:
    ZmqPump(const asio::any_io_executor& executor, ZmqSocket socket);
    ZmqPump(const ZmqPump&) = delete;
    ZmqPump& operator=(const ZmqPump&) = delete;
    ~ZmqPump();

    /// False if it could not be sent until the deadline.
    awaitable<bool> send(Frames frames, Moment deadline);
    /// The next message; nothing if there was none until the deadline.
    awaitable<std::optional<Frames>> receive(Moment deadline);
    /// What is there already.
    std::optional<Frames> receive_now() { return socket_.receive(); }
    /// Ends what waits, now and from here on, as if its deadline had come.
    void give_up();
    [[nodiscard]] bool given_up() const { return given_up_; }

private:
    awaitable<void> stirred(Moment deadline);

    ZmqSocket socket_;
    asio::posix::stream_descriptor mailbox_;
    asio::steady_timer timer_;
    bool given_up_ = false;
};

}  // namespace revenant::monitor
