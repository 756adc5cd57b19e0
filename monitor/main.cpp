#include <cstdlib>

#include <unistd.h>

#include "common/service/log.hpp"
#include "common/service/run.hpp"
#include "monitor/monitor.hpp"
#include "monitor/options.hpp"

namespace {

constexpr unsigned grace_seconds = 4;  // more than WebLimits::stopping

int run(int argc, char** argv) {
    auto options = revenant::monitor_options();
    if (!options.parse(argc, argv, environ))
        return EXIT_SUCCESS;
    revenant::LogSettings log;
    log.level = options.text("log-level");
    log.file = options.text("log-file");
    log.kept_lines = 0;
    revenant::start_logging("monitor", log);
    const auto settings = revenant::monitor::read_settings(options);
    return revenant::run_until_signalled(
        [&](revenant::asio::io_context&) { return revenant::monitor::run_monitor(settings); }, grace_seconds);
}

}  // namespace

int main(int argc, char** argv) {
    return revenant::guarded_main("revenant-monitor", [&] { return run(argc, argv); });
}
