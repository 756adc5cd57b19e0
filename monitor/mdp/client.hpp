#pragma once

#include <optional>
#include <string>

#include "monitor/mdp/codec.hpp"
#include "monitor/zmq/pump.hpp"

namespace revenant::monitor::mdp {

/// Whom to ask, and how.
struct Peer {
    std::string endpoint{};  ///< tcp://127.0.0.1:5555
    Dialect dialect = Dialect::rfc18;
    std::string service{};
    bool echo = false;  ///< the service itself is asked, and answers with what it was sent
};

/// What a broker said of a service.
struct Verdict {
    enum class Outcome : std::uint8_t {
        found,    ///< 200, or the echo
        absent,   ///< 404
        strange,  ///< another code, or no echo: the broker lives
        silent,   ///< nothing until the deadline, or nothing that is well-formed
        no_socket,
    } outcome = Outcome::silent;
    std::string code{};
};

/// Asks one broker, over one socket that is kept. One question at a time. One thread.
///
/// The protocol has no word that joins an answer to its question. Where the service echoes, a tag in the body does. A
/// broker's own answers have none, so the socket is replaced once an answer may still be under way: another socket is
/// another client, who never gets it.
class Client {
public:
    Client(const asio::any_io_executor& executor, ZmqSockets& sockets, Peer peer);

    awaitable<Verdict> ask(Moment deadline);
    /// Closes the socket, and with it what the broker sent; a question that is under way ends at once, unanswered. The
    /// next question makes another.
    void reset();

    [[nodiscard]] std::uint64_t replaced() const { return replaced_; }  ///< sockets
    [[nodiscard]] std::uint64_t discarded() const {
        return discarded_;
    }  ///< messages that were no answer to the question

private:
    [[nodiscard]] Message question(const std::string& tag) const;
    awaitable<std::optional<Verdict>> next_answer(std::string tag, Moment deadline);
    void drop_leftovers();
    void replace();

    asio::any_io_executor executor_;
    ZmqSockets& sockets_;
    Peer peer_;
    std::string run_;  ///< of the tags: no other program's
    std::uint64_t questions_ = 0, replaced_ = 0, discarded_ = 0;
    std::optional<ZmqPump> pump_;
    bool asking_ = false;
};

}  // namespace revenant::monitor::mdp
