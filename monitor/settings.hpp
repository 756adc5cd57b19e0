#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <boost/asio/ip/tcp.hpp>

#include "common/service/options.hpp"
#include "monitor/checks/declaration.hpp"
#include "monitor/checks/dependency.hpp"
#include "monitor/web/connection.hpp"
#include "monitor/web/host_names.hpp"

namespace revenant::monitor {

/// What the monitor was asked to do.
struct Settings {
    std::filesystem::path run_directory{};
    std::vector<std::filesystem::path> signers{};  ///< empty: those below the run directory
    boost::asio::ip::tcp::endpoint listen{};
    std::filesystem::path token_file{};  ///< empty: anyone may look
    HostNames host_names{};
    std::vector<Declaration> dependencies{};
    CheckPace pace{};
    std::chrono::milliseconds sample{5'000};
    WebLimits web{};
};

/// Throws UsageError, a sentence for a person, for what is wrong or not safe.
Settings read_settings(const Options& options);

}  // namespace revenant::monitor
