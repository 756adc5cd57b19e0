#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>

#include <zmq.hpp>

#include "monitor/zmq/frames.hpp"

namespace revenant::monitor {

/// How sockets are configured and closed. Tests change the values to provoke a leak.
struct ZmqHabits {
    int linger_ms = 0;      ///< with libzmq's default (-1) a closed socket to a dead peer keeps its descriptors
    bool immediate = true;  ///< queues nothing for a peer that is not connected
    int reconnect_most_ms = 5'000;
    std::function<void(::zmq::socket_t)> abandon{};  ///< called instead of closing
};

/// The limit ZmqSockets::cap is reached.
class TooManySockets : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

class ZmqSocket;

/// The program's only ZeroMQ context; creates and counts its sockets. Must outlive them. One thread.
class ZmqSockets {
public:
    static constexpr std::uint64_t cap = 16;

    explicit ZmqSockets(ZmqHabits habits = {});
    ZmqSockets(const ZmqSockets&) = delete;
    ZmqSockets& operator=(const ZmqSockets&) = delete;

    /// Creates a DEALER that connects to an endpoint such as "tcp://127.0.0.1:5555". Throws TooManySockets, and
    /// zmq::error_t for an invalid endpoint.
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

/// One ZeroMQ socket, closed by the destructor. No function blocks. One thread.
class ZmqSocket {
public:
    ZmqSocket(ZmqSocket&& other) noexcept : owner_{other.owner_}, socket_{std::move(other.socket_)} {}
    ZmqSocket& operator=(ZmqSocket&&) = delete;
    ~ZmqSocket();

    /// The mailbox descriptor (ZMQ_FD), edge-triggered: readable when the state may have changed. Before each wait for
    /// it, call send() or receive() until they fail.
    [[nodiscard]] int descriptor() const;
    /// Returns false if it cannot send now.
    bool send(const Frames& frames);
    /// Returns a whole message, or nothing if none is available. Truncates a longer message to max_frames + 1 frames.
    std::optional<Frames> receive();

private:
    friend class ZmqSockets;
    ZmqSocket(ZmqSockets& owner, ::zmq::socket_t socket) : owner_{owner}, socket_{std::move(socket)} {}

    ZmqSockets& owner_;
    ::zmq::socket_t socket_;
};

}  // namespace revenant::monitor
