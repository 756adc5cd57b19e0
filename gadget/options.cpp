#include "gadget/options.hpp"

#include <unistd.h>

namespace revenant::gadget {

Options gadget_options() {
    Options options{"gadget", "ReplyCache the host over the USB function's endpoints; holds the keys and signs."};
    options.add("bus", "usb", "how the host is reached: usb, or loopback (unix sockets, no hardware)")
        .choices({"usb", "loopback"})
        .add("ffs-dir", "/run/revenant-ffs", "where FunctionFS is mounted: the endpoint files ep1 to ep4 (usb)")
        .hint(ValueHint::directory)
        .add("run-dir", default_run_directory(), "where the suite's sockets are")
        .hint(ValueHint::directory)
        .default_rule(run_directory_rule)
        .add("store", ::geteuid() == 0 ? "/var/lib/revenant" : "",
             "the directory that holds the keys; made if it is absent")
        .hint(ValueHint::directory)
        .default_rule("/var/lib/revenant for root, else none: it must be given")
        .add_flag("forget-on-crash",
                  "lock all keys when this process dies, even if a service manager could keep them unlocked")
        .add("payload-limit", "1048576", "largest request, in bytes; a larger one is refused")
        .add("signing-workers", "8", "signatures that are computed at once")
        .add("signing-queue", "64", "signing requests that wait; one more is answered busy")
        .add("management-queue", "16", "management requests that wait; one more is answered busy")
        .add("jump-budget", "432000", "levels that a key may skip without its passphrase; one comes back every 3 s")
        .add("chains", "",
             "chain ids (Net…), separated by commas, that are admitted beyond the eight that each key may have")
        .add_log_settings()
        .add("log-lines", "1000", "newest lines kept in memory for the logs request");
    return options;
}

}  // namespace revenant::gadget
