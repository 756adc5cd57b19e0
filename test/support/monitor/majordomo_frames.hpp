#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

/// The frames between a client and a Majordomo broker, written from the published protocols (ZeroMQ RFC 7, RFC 18,
/// plantd), independent of our codec.
namespace revenant::test {

using Frames = std::vector<std::string>;

struct MajordomoDialect {
    std::string name;
    Frames request, partial, final;  ///< frames before the service name; partial is empty if the dialect has none
    bool final_has_body = true;
    friend void PrintTo(const MajordomoDialect& dialect, std::ostream* out) { *out << dialect.name; }
};

inline const std::array majordomo_dialects{
    MajordomoDialect{"rfc7", {"", "MDPC01"}, {}, {"", "MDPC01"}},
    MajordomoDialect{"rfc18", {"MDPC02", "\x01"}, {"MDPC02", "\x02"}, {"MDPC02", "\x03"}},
    MajordomoDialect{"plantd", {"", "MDPC02", "REQUEST"}, {"MDPC02", "PARTIAL"}, {"MDPC02", "FINAL"}, false},
};

struct Question {
    std::string client;  ///< routing id at the ROUTER
    std::string service;
    Frames body;
};

/// Parses a message received by a ROUTER; nothing if it is not a request of the dialect.
inline std::optional<Question> question_in(const MajordomoDialect& dialect, const Frames& message) {
    const auto head = dialect.request.size();
    if (message.size() < 1 + head + 2 ||
        !std::equal(dialect.request.begin(), dialect.request.end(), message.begin() + 1))
        return std::nullopt;
    const auto service = message.begin() + static_cast<std::ptrdiff_t>(1 + head);
    return Question{message[0], *service, {service + 1, message.end()}};
}

/// The message that a ROUTER sends to a client.
inline Frames reply(const std::string& client, const Frames& head, const std::string& service, const Frames& body) {
    Frames frames{client};
    frames.insert(frames.end(), head.begin(), head.end());
    frames.push_back(service);
    frames.insert(frames.end(), body.begin(), body.end());
    return frames;
}

}  // namespace revenant::test
