#include "monitor/mdp/codec.hpp"

#include <array>

namespace revenant::monitor::mdp {
namespace {

using namespace std::string_view_literals;

/// The address frames between the command and the body.
enum class Address : std::uint8_t { none, service, client, client_and_gap };

/// The frame layout of one command.
struct Shape {
    bool delimiter = false;  ///< an empty first frame
    std::string_view header{};
    std::string_view word{};  ///< command frame; empty: none
    Address address = Address::none;
    bool has_body = false;
    std::size_t least_body = 0;
};

constexpr std::array all_commands{Command::request,      Command::partial,   Command::final,
                                  Command::ready,        Command::work,      Command::worker_partial,
                                  Command::worker_final, Command::heartbeat, Command::disconnect};

/// Whether `from` sends this command; broker and worker both send heartbeats and disconnects.
bool sends(Role from, Command command) {
    switch (command) {
        case Command::request:
            return from == Role::client;
        case Command::partial:
        case Command::final:
        case Command::work:
            return from == Role::broker;
        case Command::ready:
        case Command::worker_partial:
        case Command::worker_final:
            return from == Role::worker;
        case Command::heartbeat:
        case Command::disconnect:
            return from != Role::client;
    }
    return false;
}

std::optional<Shape> rfc7(Command command) {
    switch (command) {
        case Command::request:
        case Command::final:
            return Shape{true, "MDPC01", "", Address::service, true, 1};
        case Command::ready:
            return Shape{true, "MDPW01", "\x01"sv, Address::service};
        case Command::work:
            return Shape{true, "MDPW01", "\x02"sv, Address::client_and_gap, true, 1};
        case Command::worker_final:
            return Shape{true, "MDPW01", "\x03"sv, Address::client_and_gap, true, 1};
        case Command::heartbeat:
            return Shape{true, "MDPW01", "\x04"sv};
        case Command::disconnect:
            return Shape{true, "MDPW01", "\x05"sv};
        case Command::partial:
        case Command::worker_partial:
            break;
    }
    return std::nullopt;
}

std::optional<Shape> rfc18(Command command) {
    switch (command) {
        case Command::request:
            return Shape{false, "MDPC02", "\x01"sv, Address::service, true, 1};
        case Command::partial:
            return Shape{false, "MDPC02", "\x02"sv, Address::service, true, 1};
        case Command::final:
            return Shape{false, "MDPC02", "\x03"sv, Address::service, true, 1};
        case Command::ready:
            return Shape{false, "MDPW02", "\x01"sv, Address::service};
        case Command::work:
            return Shape{false, "MDPW02", "\x02"sv, Address::client_and_gap, true, 1};
        case Command::worker_partial:
            return Shape{false, "MDPW02", "\x03"sv, Address::client_and_gap, true, 1};
        case Command::worker_final:
            return Shape{false, "MDPW02", "\x04"sv, Address::client_and_gap, true, 1};
        case Command::heartbeat:
            return Shape{false, "MDPW02", "\x05"sv};
        case Command::disconnect:
            return Shape{false, "MDPW02", "\x06"sv};
    }
    return std::nullopt;
}

/// Messages to the broker start with a delimiter; messages from the broker do not.
std::optional<Shape> plantd(Role from, Command command) {
    const bool to_broker = from != Role::broker;
    switch (command) {
        case Command::request:
            return Shape{true, "MDPC02", "REQUEST", Address::service, true, 1};
        case Command::partial:
            return Shape{false, "MDPC02", "PARTIAL", Address::service, true, 0};
        case Command::final:
            return Shape{false, "MDPC02", "FINAL", Address::service, true, 0};
        case Command::ready:
            return Shape{true, "MDPW02", "READY", Address::service};
        case Command::work:
            return Shape{false, "MDPW02", "REQUEST", Address::client_and_gap, true, 1};
        case Command::worker_partial:
            return Shape{true, "MDPW02", "PARTIAL", Address::client, true, 0};
        case Command::worker_final:
            return Shape{true, "MDPW02", "FINAL", Address::client, true, 0};
        case Command::heartbeat:
            return Shape{to_broker, "MDPW02", "HEARTBEAT"};
        case Command::disconnect:
            return Shape{to_broker, "MDPW02", "DISCONNECT"};
    }
    return std::nullopt;
}

std::optional<Shape> shape_of(Dialect dialect, Role from, Command command) {
    if (!sends(from, command))
        return std::nullopt;
    switch (dialect) {
        case Dialect::rfc7:
            return rfc7(command);
        case Dialect::rfc18:
            return rfc18(command);
        case Dialect::plantd:
            return plantd(from, command);
    }
    return std::nullopt;
}

bool names_service(const Shape& shape) {
    return shape.address == Address::service;
}

bool names_client(const Shape& shape) {
    return shape.address == Address::client || shape.address == Address::client_and_gap;
}

/// Whether the message has exactly the fields that the shape requires.
bool fits(const Shape& shape, const Message& message) {
    const bool named =
        names_service(shape) ? !message.service.empty() && message.service.size() <= max_name : message.service.empty();
    const bool addressed = names_client(shape) ? !message.client.empty() : message.client.empty();
    const bool sized = shape.has_body ? message.body.size() >= shape.least_body : message.body.empty();
    return named && addressed && sized;
}

/// Returns the message if the frames have this shape.
std::optional<Message> match(const Shape& shape, Command command, const Frames& frames) {
    std::size_t at = 0;
    const auto next_is = [&](std::string_view wanted) { return at < frames.size() && frames[at++] == wanted; };
    const auto take = [&](std::string& into) {
        if (at >= frames.size())
            return false;
        into = frames[at++];
        return true;
    };
    Message message;
    message.command = command;
    if (shape.delimiter && !next_is(""))
        return std::nullopt;
    if (!next_is(shape.header) || (!shape.word.empty() && !next_is(shape.word)))
        return std::nullopt;
    if (names_service(shape) && !take(message.service))
        return std::nullopt;
    if (names_client(shape) && !take(message.client))
        return std::nullopt;
    if (shape.address == Address::client_and_gap && !next_is(""))
        return std::nullopt;
    message.body.assign(frames.begin() + static_cast<std::ptrdiff_t>(at), frames.end());
    return fits(shape, message) ? std::optional{std::move(message)} : std::nullopt;
}

}  // namespace

std::optional<Frames> encode(Dialect dialect, Role from, const Message& message) {
    const auto shape = shape_of(dialect, from, message.command);
    if (!shape || !fits(*shape, message))
        return std::nullopt;
    Frames frames;
    if (shape->delimiter)
        frames.emplace_back();
    frames.emplace_back(shape->header);
    if (!shape->word.empty())
        frames.emplace_back(shape->word);
    if (names_service(*shape))
        frames.push_back(message.service);
    if (names_client(*shape))
        frames.push_back(message.client);
    if (shape->address == Address::client_and_gap)
        frames.emplace_back();
    frames.insert(frames.end(), message.body.begin(), message.body.end());
    return frames.size() <= max_frames ? std::optional{std::move(frames)} : std::nullopt;
}

std::optional<Message> decode(Dialect dialect, Role from, const Frames& frames) {
    if (frames.size() > max_frames)
        return std::nullopt;
    for (const auto command : all_commands)
        if (const auto shape = shape_of(dialect, from, command))
            if (auto message = match(*shape, command, frames))
                return message;
    return std::nullopt;
}

std::optional<Dialect> dialect_of(std::string_view name) {
    if (name == "rfc7")
        return Dialect::rfc7;
    if (name == "rfc18")
        return Dialect::rfc18;
    if (name == "plantd")
        return Dialect::plantd;
    return std::nullopt;
}

}  // namespace revenant::monitor::mdp
