#include "monitor/zmq/sockets.hpp"

#include <fmt/format.h>

namespace revenant::monitor {
namespace {

namespace option = ::zmq::sockopt;

constexpr int high_water = 64;                  // messages
constexpr std::int64_t largest_frame = 16'384;  // bytes; a peer that sends a larger one is disconnected
constexpr int kernel_buffer = 4'096;            // bytes; a response has about 100, and a small buffer slows a flood
constexpr int reconnect_ms = 100, handshake_ms = 2'000, heartbeat_ms = 2'500, heartbeat_timeout_ms = 7'500;

}  // namespace

ZmqSockets::ZmqSockets(ZmqHabits habits) : habits_{std::move(habits)}, context_{1} {}

ZmqSocket ZmqSockets::dealer(const std::string& endpoint) {
    if (open() >= cap)
        throw TooManySockets{
            fmt::format("{} ZeroMQ sockets are open, the maximum: restart the monitor, one socket per dependency is "
                        "normal",
                        open())};
    ::zmq::socket_t raw{context_, ::zmq::socket_type::dealer};
    ++opened_;
    ZmqSocket socket{*this, std::move(raw)};  // closes and counts it from here on, also after an exception
    auto& options = socket.socket_;
    options.set(option::linger, habits_.linger_ms);
    options.set(option::sndhwm, high_water);
    options.set(option::rcvhwm, high_water);
    options.set(option::immediate, habits_.immediate);
    options.set(option::reconnect_ivl, reconnect_ms);
    options.set(option::reconnect_ivl_max, habits_.reconnect_most_ms);
    options.set(option::handshake_ivl, handshake_ms);
    options.set(option::heartbeat_ivl, heartbeat_ms);
    options.set(option::heartbeat_timeout, heartbeat_timeout_ms);
    options.set(option::maxmsgsize, largest_frame);
    options.set(option::rcvbuf, kernel_buffer);
    options.set(option::ipv6, endpoint.starts_with("tcp://["));  // else libzmq connects with IPv4 only
    options.connect(endpoint);
    return socket;
}

void ZmqSockets::reset(::zmq::socket_t socket) {
    if (habits_.abandon) {
        habits_.abandon(std::move(socket));
        return;
    }
    socket.close();
    ++closed_;
}

ZmqSocket::~ZmqSocket() {
    if (socket_)
        owner_.reset(std::move(socket_));
}

int ZmqSocket::descriptor() const {
    return socket_.get(option::fd);
}

bool ZmqSocket::send(const Frames& frames) {
    for (std::size_t at = 0; at < frames.size(); ++at) {
        const auto more = at + 1 < frames.size() ? ::zmq::send_flags::sndmore : ::zmq::send_flags::none;
        const auto sent = socket_.send(::zmq::buffer(frames[at]), more | ::zmq::send_flags::dontwait);
        if (!sent)
            return false;  // only for the first frame: a message is sent whole or not at all
    }
    return true;
}

std::optional<Frames> ZmqSocket::receive() {
    Frames frames;
    for (;;) {
        ::zmq::message_t frame;
        // Reading ZMQ_EVENTS processes the mailbox; without it an available message may be missed.
        if (frames.empty() && (socket_.get(option::events) & ZMQ_POLLIN) == 0)
            return std::nullopt;
        if (!socket_.recv(frame, ::zmq::recv_flags::dontwait))
            return std::nullopt;
        if (frames.size() <= max_frames)
            frames.emplace_back(static_cast<const char*>(frame.data()), frame.size());
        if (!frame.more())
            return frames;
    }
}

}  // namespace revenant::monitor
