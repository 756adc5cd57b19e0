#include "liveness/options.hpp"

namespace revenant::liveness {

Options liveness_options() {
    Options options{"liveness", "Monitors whether the gadget is alive and making progress."};
    options.add("run-dir", default_run_directory(), "directory of the sockets")
        .hint(ValueHint::directory)
        .default_rule(run_directory_rule)
        .add("deadline-ms", "2500", "longest interval between two heartbeats, in milliseconds");
    return options.add_log_settings();
}

}  // namespace revenant::liveness
