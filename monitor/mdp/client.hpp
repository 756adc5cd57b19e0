#pragma once

#include <optional>
#include <string>

#include "monitor/mdp/codec.hpp"
#include "monitor/zmq/pump.hpp"

namespace revenant::monitor::mdp {

/// The broker and service to check.
struct Peer {
    std::string endpoint{};  ///< tcp://127.0.0.1:5555
    Dialect dialect = Dialect::rfc18;
    std::string service{};
    bool echo = false;  ///< sends the request to the service itself, which must echo the body
};

/// The outcome of a check of a service.
struct Verdict {
    enum class Outcome : std::uint8_t {
        found,    ///< 200, or the echo
        absent,   ///< 404
        strange,  ///< another code: the broker responds
        no_echo,  ///< the service does not echo; its broker responds
        silent,   ///< no valid response before the deadline
        no_socket,
    } outcome = Outcome::silent;
    std::string code{};
};

/// Sends requests to one broker over a persistent socket. One request at a time. One thread.
///
/// The protocol has no correlation id. With echo, a tag in the body matches the response to its request. The broker's
/// own (mmi) responses carry no tag, so the socket is replaced whenever a response may still be in flight: the broker
/// sees a new client, which never receives the old response. If there is no echo, the last quarter of the time is for a
/// request to the broker. Its response may belong to an earlier check: it only tells who is silent.
class Client {
public:
    Client(const asio::any_io_executor& executor, ZmqSockets& sockets, Peer peer);

    awaitable<Verdict> ask(Moment deadline);
    /// Closes the socket and discards what the broker sent; a request in flight ends at once, without a response. The
    /// next request opens a new socket.
    void reset();

    [[nodiscard]] std::uint64_t replaced() const { return replaced_; }    ///< sockets
    [[nodiscard]] std::uint64_t discarded() const { return discarded_; }  ///< messages that did not match the request

private:
    [[nodiscard]] Message lookup_request() const;
    [[nodiscard]] Message echo_request(const std::string& tag) const;
    awaitable<std::optional<Verdict>> ask_broker_too(std::string tag, Moment deadline);
    awaitable<std::optional<Verdict>> next_answer(std::string tag, bool from_broker, Moment deadline);
    void drop_leftovers();
    void replace();

    asio::any_io_executor executor_;
    ZmqSockets& sockets_;
    Peer peer_;
    std::string run_;  ///< random prefix of the tags, unique to this process
    std::uint64_t questions_ = 0, replaced_ = 0, discarded_ = 0;
    std::optional<ZmqPump> pump_;
    bool asking_ = false;
};

}  // namespace revenant::monitor::mdp
