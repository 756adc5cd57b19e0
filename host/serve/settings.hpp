#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include <boost/asio/ip/tcp.hpp>

#include "common/http/connection.hpp"
#include "common/http/host_names.hpp"
#include "common/service/options.hpp"
#include "host/octez/client_keys.hpp"
#include "host/octez/signer_request.hpp"
#include "host/serve/audit.hpp"
#include "host/serve/auto_unlock.hpp"

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
    AutoUnlockSettings auto_unlock{};
    AuditSettings audit{};
    std::filesystem::path status_socket{};  ///< empty: none
    std::string log_level = "info";
    http::HostNames host_names{};
    std::size_t max_signing = 64;  ///< concurrent signatures; more requests wait
    http::Limits http = signer_limits();
};

/// The settings that only `serve` has.
std::vector<Option> settings();

/// `key_ids`: the operands of `serve`. The option `listen` overrides the settings listen-address and listen-port.
/// Throws Error or UsageError for invalid or unsafe settings.
ServeSettings serve_settings(const Options& options, const std::vector<std::string>& key_ids);

}  // namespace revenant::host::serve
