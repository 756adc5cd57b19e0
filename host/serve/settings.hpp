#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/ip/tcp.hpp>

#include "common/http/connection.hpp"
#include "common/http/host_names.hpp"
#include "common/service/options.hpp"
#include "host/octez/client_keys.hpp"
#include "host/octez/signer_request.hpp"
#include "host/serve/audit.hpp"

namespace revenant::host::serve {

/// 1,000 connections; bodies as long as the longest operation.
constexpr http::Limits signer_limits() {
    http::Limits limits;
    limits.max_body = max_body;
    return limits;
}

/// The validated settings of `revenant serve`.
struct ServeSettings {
    boost::asio::ip::tcp::endpoint listen{};
    std::filesystem::path unix_socket{};  ///< empty: none
    std::string prefix{};                 ///< of all paths: "" or like "/signer"
    ClientKeys client_keys{};
    bool list_known_keys = false;
    std::chrono::milliseconds deadline{4'500};  ///< for a response, including the wait for the device
    std::vector<std::string> key_ids{};         ///< only these keys are served; empty: all
    std::vector<std::string> auto_unlock{};     ///< ids of keys, or "all"
    AuditSettings audit{};
    std::filesystem::path status_socket{};  ///< empty: none
    std::string log_level = "info";
    http::HostNames host_names{};
    std::size_t max_signing = 64;  ///< concurrent signatures; more requests wait
    http::Limits http = signer_limits();
};

/// What the verb `serve` adds to the program's options.
inline constexpr std::array<std::string_view, 14> option_names{
    "listen-address",        "listen-port",     "unix-socket", "path-prefix", "client-keys",
    "allow-unauthenticated", "list-known-keys", "auto-unlock", "audit-log",   "audit-size",
    "audit-files",           "status-socket",   "log-level",   "host-names"};
void declare_options(Options& options);

/// `key_ids`: the operands of the verb. Throws Error or UsageError, a sentence for a person, for what is wrong or not
/// safe.
ServeSettings serve_settings(const Options& options, const std::vector<std::string>& key_ids);

}  // namespace revenant::host::serve
