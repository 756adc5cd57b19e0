#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <boost/asio/ip/tcp.hpp>

#include "monitor/mdp/codec.hpp"

/// Parses the setting `dependencies`. No I/O.
namespace revenant::monitor {

struct MdpTarget {
    std::string endpoint{};  ///< tcp://127.0.0.1:5555
    mdp::Dialect dialect = mdp::Dialect::rfc18;
    std::string service{};
    bool echo = false;
};
struct HttpTarget {
    boost::asio::ip::tcp::endpoint server{};
    std::string path{};
};
struct UnixTarget {
    std::string path{};
    bool status = false;  ///< a status socket: it must send a line of JSON
};
using Target = std::variant<MdpTarget, HttpTarget, UnixTarget>;

struct Declaration {
    std::string name{};
    bool essential = false;
    std::vector<Target> targets{};
};

inline constexpr std::size_t max_dependencies = 16, max_targets = 4;

/// Reads "broker!=mdp://127.0.0.1:5555/sign,http://127.0.0.1:8080/health node=http://[::1]:8732/version". Throws
/// std::invalid_argument with the offending text and the reason, to follow "the setting dependencies (...): ".
std::vector<Declaration> read_declarations(std::string_view text);

}  // namespace revenant::monitor
