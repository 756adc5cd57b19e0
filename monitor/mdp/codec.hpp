#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "monitor/zmq/frames.hpp"

/// The Majordomo protocol as frames, in three dialects. The frames may come from anyone. No I/O, no state.
namespace revenant::monitor::mdp {

enum class Dialect : std::uint8_t {
    rfc7,    ///< MDP/0.1, ZeroMQ RFC 7
    rfc18,   ///< MDP/0.2, ZeroMQ RFC 18
    plantd,  ///< words in place of numbers, and no delimiter on the way to the client
};

enum class Role : std::uint8_t { client, broker, worker };

enum class Command : std::uint8_t {
    request,         ///< client → broker
    partial,         ///< broker → client: more will come
    final,           ///< broker → client: the last, often the only one
    ready,           ///< worker → broker
    work,            ///< broker → worker: a client's request
    worker_partial,  ///< worker → broker
    worker_final,    ///< worker → broker
    heartbeat,       ///< between worker and broker, both ways
    disconnect,      ///< the same
};

struct Message {
    Command command = Command::request;
    std::string service{};  ///< of request, partial, final and ready
    std::string client{};   ///< of work and what a worker answers: whom it is for, as the broker knows it
    Frames body{};
    friend bool operator==(const Message&, const Message&) = default;
};

inline constexpr std::size_t max_name = 255;  ///< of a service

/// As `from` sends it through a DEALER, and as the DEALER of the other side gets it. Nothing where the dialect has no
/// such message, or this one lacks what it needs.
std::optional<Frames> encode(Dialect dialect, Role from, const Message& message);

/// Nothing if `from` never sends such frames.
std::optional<Message> decode(Dialect dialect, Role from, const Frames& frames);

/// rfc7, rfc18, plantd
std::optional<Dialect> dialect_of(std::string_view name);

}  // namespace revenant::monitor::mdp
