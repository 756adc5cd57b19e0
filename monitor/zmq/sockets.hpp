#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>

#include <zmq.hpp>

#include "monitor/zmq/frames.hpp"

namespace revenant::monitor {

/// How sockets are set up and let go. Other values are for tests that must see a leak.
struct ZmqHabits {
    int linger_ms = 0;      ///< with the default (-1) a *closed* socket towards a dead peer keeps its descriptors
    bool immediate = true;  ///< nothing is queued for a peer that is not there
    int reconnect_most_ms = 5'000;
    std::function<void(::zmq::socket_t)> abandon{};  ///< in place of closing
};

/// There are as many sockets as there may be.
class TooManySockets : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

class ZmqSocket;

/// The program's one ZeroMQ context, and the only maker of its sockets, which it counts. Outlives them. One thread.
class ZmqSockets {
public:
    static constexpr std::uint64_t cap = 16;

    explicit ZmqSockets(ZmqHabits habits = {});
    ZmqSockets(const ZmqSockets&) = delete;
    ZmqSockets& operator=(const ZmqSockets&) = delete;

    /// A DEALER that connects to "tcp://127.0.0.1:5555". Throws TooManySockets, and zmq::error_t for an endpoint that
    /// is none.
    ZmqSocket dealer(const std::string& endpoint);

    [[nodiscard]] std::uint64_t opened() const { return opened_; }
    [[nodiscard]] std::uint64_t closed() const { return closed_; }
    [[nodiscard]] std::uint64_t open() const { return opened_ - closed_; }

private:
    friend class ZmqSocket;
    void reset(::zmq::socket_t socket);

    ZmqHabits habits_;
    ::zmq::context_t context_;
    std::uint64_t opened_ = 0, closed_ = 0;
};

/// One ZeroMQ socket, closed when it goes. Nothing here waits. One thread.
class ZmqSocket {
public:
    ZmqSocket(ZmqSocket&& other) noexcept : owner_{other.owner_}, socket_{std::move(other.socket_)} {}
    ZmqSocket& operator=(ZmqSocket&&) = delete;
    ~ZmqSocket();

    /// Its mailbox's descriptor (ZMQ_FD): readable once when something *may* have changed. After it was, and before a
    /// wait for it, send() or receive() must have been tried until they say no.
    [[nodiscard]] int descriptor() const;
    /// False if it cannot be sent now.
    bool send(const Frames& frames);
    /// A whole message, or nothing if there is none now. Of one with more frames than max_frames so many and one.
    std::optional<Frames> receive();

private:
    friend class ZmqSockets;
    ZmqSocket(ZmqSockets& owner, ::zmq::socket_t socket) : owner_{owner}, socket_{std::move(socket)} {}

    ZmqSockets& owner_;
    ::zmq::socket_t socket_;
};

}  // namespace revenant::monitor
