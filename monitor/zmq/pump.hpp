#pragma once

#include <boost/asio/posix/stream_descriptor.hpp>

#include "common/async/timer.hpp"
#include "monitor/health/health.hpp"
#include "monitor/zmq/sockets.hpp"

namespace revenant::monitor {

/// A ZeroMQ socket with asynchronous waits on Asio. One coroutine at a time.
class ZmqPump {
public:
    ZmqPump(const asio::any_io_executor& executor, ZmqSocket socket);
    ZmqPump(const ZmqPump&) = delete;
    ZmqPump& operator=(const ZmqPump&) = delete;
    ~ZmqPump();

    /// Returns false if it could not send before the deadline.
    awaitable<bool> send(Frames frames, Moment deadline);
    /// Returns the next message, or nothing at the deadline.
    awaitable<std::optional<Frames>> receive(Moment deadline);
    /// Returns a message that has already arrived; does not wait.
    std::optional<Frames> receive_now() { return socket_.receive(); }
    /// Ends current and later waits as if their deadline had passed.
    void give_up();
    [[nodiscard]] bool given_up() const { return given_up_; }

private:
    awaitable<void> stirred(Moment deadline);

    ZmqSocket socket_;
    asio::posix::stream_descriptor mailbox_;
    Timer timer_;
    bool given_up_ = false;
};

}  // namespace revenant::monitor
