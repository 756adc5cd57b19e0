#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <boost/asio/ip/tcp.hpp>

#include "common/service/options.hpp"
#include "monitor/checks/declaration.hpp"
#include "monitor/checks/dependency.hpp"
#include "monitor/web/service.hpp"

namespace revenant::monitor {

/// The monitor's validated settings.
struct Settings {
    std::filesystem::path run_directory{};
    std::vector<std::filesystem::path> signers{};  ///< empty: discovered below the run directory
    boost::asio::ip::tcp::endpoint listen{};
    std::filesystem::path token_file{};  ///< empty: no authentication
    http::HostNames host_names{};
    std::vector<Declaration> dependencies{};
    CheckPace pace{};
    std::chrono::milliseconds sample{5'000};
    WebLimits web{};
};

/// Throws UsageError with a message for the operator if a setting is invalid or unsafe.
Settings read_settings(const Options& options);

}  // namespace revenant::monitor
