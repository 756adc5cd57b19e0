#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

/// What a client of a Majordomo broker sends and gets, written down from what the protocols publish and not from our
/// own codec: ZeroMQ RFC 7 and RFC 18, and plantd.
namespace revenant::test {

using Frames = std::vector<std::string>;

struct MajordomoDialect {
    std::string name;
    Frames request, partial, final;  ///< what comes before the service's name; partial may be empty: there is none
    bool final_has_body = true;
    friend void PrintTo(const MajordomoDialect& dialect, std::ostream* out) { *out << dialect.name; }
};

inline const std::array majordomo_dialects{
    MajordomoDialect{"rfc7", {"", "MDPC01"}, {}, {"", "MDPC01"}},
    MajordomoDialect{"rfc18", {"MDPC02", "\x01"}, {"MDPC02", "\x02"}, {"MDPC02", "\x03"}},
    MajordomoDialect{"plantd", {"", "MDPC02", "REQUEST"}, {"MDPC02", "PARTIAL"}, {"MDPC02", "FINAL"}, false},
};

struct Question {
    std::string client;  ///< as a ROUTER knows it
    std::string service;
    Frames body;
};

/// The question in what a ROUTER received; nothing if it is not, frame by frame, one of the dialect.
inline std::optional<Question> question_in(const MajordomoDialect& dialect, const Frames& message) {
    const auto head = dialect.request.size();
    if (message.size() < 1 + head + 2 ||
        !std::equal(dialect.request.begin(), dialect.request.end(), message.begin() + 1))
        return std::nullopt;
    const auto service = message.begin() + static_cast<std::ptrdiff_t>(1 + head);
    return Question{message[0], *service, {service + 1, message.end()}};
}

/// What a ROUTER sends to a client.
inline Frames reply(const std::string& client, const Frames& head, const std::string& service, const Frames& body) {
    Frames frames{client};
    frames.insert(frames.end(), head.begin(), head.end());
    frames.push_back(service);
    frames.insert(frames.end(), body.begin(), body.end());
    return frames;
}

}  // namespace revenant::test
