#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include <boost/asio/ip/tcp.hpp>

#include "common/service/options.hpp"
#include "host/octez/client_keys.hpp"
#include "host/serve/audit.hpp"

namespace revenant::host::serve {

/// How long a client may take, and how many there may be; other values are for tests.
struct Limits {
    std::size_t connections = 1000;            ///< one more takes the place of one that asks nothing, or is sent away
    std::size_t signing = 64;                  ///< signatures that are under way; one more waits for its turn
    std::chrono::milliseconds idle{60'000};    ///< between two requests on one connection
    std::chrono::milliseconds request{5'000};  ///< from a request's first byte to its last
    std::chrono::milliseconds reply{5'000};    ///< for taking the answer
    std::chrono::milliseconds lingering_close{
        1'000};                                 ///< for taking the last answer, while the rest it sends is skipped
    std::chrono::milliseconds stopping{1'500};  ///< for what is under way when the program is asked to end
};

/// The settings of the command `serve`.
struct ServeSettings {
    boost::asio::ip::tcp::endpoint listen{};
    std::filesystem::path unix_socket{};  ///< empty: none
    std::string prefix{};                 ///< of all paths: "" or like "/signer"
    ClientKeys client_keys{};
    bool list_known_keys = false;
    std::chrono::milliseconds deadline{4'500};  ///< for the device's answer, with the wait for the device
    std::vector<std::string> key_ids{};         ///< the only keys that are served; empty: all
    std::vector<std::string> auto_unlock{};     ///< ids of keys, or "all"
    AuditSettings audit{};
    std::filesystem::path status_socket{};  ///< empty: none
    std::string log_level = "info";
    Limits limits{};
};

/// The settings that only `serve` has.
std::vector<Option> settings();

/// `key_ids`: the operands of `serve`. The option `listen` overrides the settings listen-address and listen-port.
/// Throws Error or UsageError for invalid or unsafe settings.
ServeSettings serve_settings(const Options& options, const std::vector<std::string>& key_ids);

}  // namespace revenant::host::serve
