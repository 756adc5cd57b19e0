#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <boost/asio/ip/tcp.hpp>

#include "monitor/mdp/codec.hpp"

/// Dependencies as a person writes them. No I/O.
namespace revenant::monitor {

struct MdpPlace {
    std::string endpoint{};  ///< tcp://127.0.0.1:5555
    mdp::Dialect dialect = mdp::Dialect::rfc18;
    std::string service{};
    bool echo = false;
};
struct HttpPlace {
    boost::asio::ip::tcp::endpoint server{};
    std::string path{};
};
struct UnixPlace {
    std::string path{};
    bool status = false;  ///< a status socket: a line of JSON must come
};
using Place = std::variant<MdpPlace, HttpPlace, UnixPlace>;

struct Declaration {
    std::string name{};
    bool essential = false;
    std::vector<Place> ways{};
};

inline constexpr std::size_t most_dependencies = 16, most_ways = 4;

/// Reads "broker!=mdp://127.0.0.1:5555/sign,http://127.0.0.1:8080/health node=http://[::1]:8732/version". Throws
/// std::invalid_argument, a sentence without a subject: "'x' is …".
std::vector<Declaration> read_declarations(std::string_view text);

}  // namespace revenant::monitor
