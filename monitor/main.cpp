#include <algorithm>
#include <cstdlib>

#include <sys/resource.h>
#include <unistd.h>

#include "common/service/log.hpp"
#include "common/service/run.hpp"
#include "monitor/monitor.hpp"
#include "monitor/options.hpp"

namespace {

using namespace revenant;
using namespace revenant::monitor;

constexpr unsigned grace_seconds = 4;  // more than WebLimits::stopping

/// Each viewer needs a descriptor; many systems set a soft limit of 1024 and a higher hard limit.
void raise_descriptor_limit() {
    constexpr rlim_t enough = 4096;
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= enough)
        return;
    limit.rlim_cur = std::min(enough, limit.rlim_max);
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

int run(int argc, char** argv) {
    auto options = monitor_options();
    if (!options.parse(argc, argv, environ))
        return EXIT_SUCCESS;
    LogSettings log;
    log.level = options.text("log-level");
    log.file = options.text("log-file");
    log.kept_lines = 0;
    start_logging("monitor", log);
    const auto settings = read_settings(options);
    raise_descriptor_limit();
    return run_until_signalled([&](asio::io_context&) { return run_monitor(settings); }, grace_seconds);
}

}  // namespace

int main(int argc, char** argv) {
    return revenant::guarded_main("revenant-monitor", [&] { return run(argc, argv); });
}
