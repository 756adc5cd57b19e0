#include "gadget/options.hpp"

#include <unistd.h>

namespace revenant::gadget {

Options gadget_options() {
    Options options{"gadget", "Holds the keys, signs, and serves the host over the USB function's endpoints."};
    options.add("bus", "usb", "transport to the host: usb, or loopback (unix sockets, no hardware)")
        .choices({"usb", "loopback"})
        .add("ffs-dir", "/run/revenant-ffs", "FunctionFS mount point with the endpoint files ep1 to ep4 (usb)")
        .hint(ValueHint::directory)
        .add("run-dir", default_run_directory(), "directory of the suite's sockets")
        .hint(ValueHint::directory)
        .default_rule(run_directory_rule)
        .add("store", ::geteuid() == 0 ? "/var/lib/revenant" : "", "directory of the key store; created if absent")
        .hint(ValueHint::directory)
        .default_rule("/var/lib/revenant for root; required for other users")
        .add_flag("forget-on-crash",
                  "lock all keys when this process dies, even if a service manager could keep them unlocked")
        .add("payload-limit", "1048576", "maximum request size in bytes; larger requests are rejected")
        .add("signing-workers", "8", "signatures computed in parallel")
        .add("signing-queue", "64", "maximum queued signing requests; further ones are answered busy")
        .add("management-queue", "16", "maximum queued management requests; further ones are answered busy")
        .add("jump-budget", "432000", "levels that the mark of a key may rise without the passphrase, at least 1")
        .add("jump-refill-ms", "3000", "time in which one level of the jump budget is regained, in milliseconds")
        .add("reserve-levels", "4",
             "levels that the card reserves ahead of the marks, 0 to 64; 0: each signature waits for a durable write")
        .add("chains", "",
             "chain ids (Net…), separated by commas, allowed in addition to the eight that each key may use")
        .add_log_settings()
        .add("log-lines", "1000", "newest log lines kept in memory for the logs request");
    return options;
}

}  // namespace revenant::gadget
