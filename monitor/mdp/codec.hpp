#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "monitor/zmq/frames.hpp"

/// Encodes and decodes Majordomo messages in three dialects. Frames are untrusted. No I/O, no state.
namespace revenant::monitor::mdp {

enum class Dialect : std::uint8_t {
    rfc7,    ///< MDP/0.1, ZeroMQ RFC 7
    rfc18,   ///< MDP/0.2, ZeroMQ RFC 18
    plantd,  ///< command names instead of numbers, and no delimiter towards the client
};

enum class Role : std::uint8_t { client, broker, worker };

enum class Command : std::uint8_t {
    request,         ///< client → broker
    partial,         ///< broker → client: more follow
    final,           ///< broker → client: the last or only response
    ready,           ///< worker → broker
    work,            ///< broker → worker: a client's request
    worker_partial,  ///< worker → broker
    worker_final,    ///< worker → broker
    heartbeat,       ///< worker ↔ broker
    disconnect,      ///< worker ↔ broker
};

struct Message {
    Command command = Command::request;
    std::string service{};  ///< in request, partial, final and ready
    std::string client{};   ///< in work and worker responses: the client's address at the broker
    Frames body{};
    friend bool operator==(const Message&, const Message&) = default;
};

inline constexpr std::size_t max_name = 255;  ///< bytes of a service name

/// Returns the frames as `from` sends them through a DEALER and as the peer's DEALER receives them. Returns nothing if
/// the dialect has no such message or a required field is missing.
std::optional<Frames> encode(Dialect dialect, Role from, const Message& message);

/// Returns nothing if the frames are not a valid message from `from`.
std::optional<Message> decode(Dialect dialect, Role from, const Frames& frames);

/// Accepts "rfc7", "rfc18" and "plantd".
std::optional<Dialect> dialect_of(std::string_view name);

}  // namespace revenant::monitor::mdp
