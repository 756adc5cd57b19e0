#include <cstdlib>

#include <unistd.h>

#include "common/net/run_directory.hpp"
#include "common/service/log.hpp"
#include "common/service/run.hpp"
#include "liveness/liveness.hpp"
#include "liveness/options.hpp"

namespace {

using namespace revenant;
using namespace revenant::liveness;

int run(int argc, char** argv) {
    auto options = liveness_options();
    if (!options.parse(argc, argv, environ))
        return EXIT_SUCCESS;
    LogSettings log;
    log.level = options.text("log-level");
    log.file = options.text("log-file");
    log.kept_lines = 0;
    start_logging("liveness", log);
    const std::chrono::milliseconds deadline{options.number("deadline-ms", 10, 60'000)};
    const auto directory = prepare_run_directory(options.text("run-dir"), "liveness");
    return run_until_signalled([&](asio::io_context&) { return run_liveness(directory, deadline); });
}

}  // namespace

int main(int argc, char** argv) {
    return revenant::guarded_main("revenant-liveness", [&] { return run(argc, argv); });
}
