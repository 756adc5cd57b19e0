#include "monitor/options.hpp"

namespace revenant::monitor {

Options monitor_options() {
    Options options{"monitor", "Shows the signer's status as a web page, metrics and health checks."};
    options.add("run-dir", default_run_directory(), "directory that contains the signers' sockets")
        .hint(ValueHint::directory)
        .default_rule(run_directory_rule)
        .add("signers", "",
             "status sockets of the signers to watch, separated by commas; default: all signer-*/status.sock below the "
             "run directory")
        .add("dependencies", "",
             "other services to check, separated by blanks: NAME=PROBE[,PROBE...], with a '!' after NAME if it is "
             "essential; a probe is mdp://HOST:PORT/SERVICE (in other dialects mdp+rfc7:// or mdp+plantd://; with "
             "?echo after SERVICE the service itself must echo), http://HOST:PORT/PATH, unix:/PATH or status:/PATH")
        .add("period-ms", "500", "interval between checks of a dependency, in milliseconds")
        .add("listen-address", "127.0.0.1", "address to listen on")
        .add("listen-port", "20092", "TCP port to listen on; 0: any free port")
        .add("token-file", "", "file with the token that viewers must present")
        .hint(ValueHint::file)
        .add("host-names", "",
             "host names accepted in requests without a token, separated by commas; addresses and localhost are always "
             "accepted")
        .add_flag("allow-unauthenticated", "allow unauthenticated access on non-loopback addresses")
        .add("max-streams", "1100", "maximum number of concurrent event streams")
        .add("max-streams-per-address", "1000",
             "maximum number of event streams per address; behind a reverse proxy all share the proxy's address")
        .add("keep-alive-ms", "30000", "idle time on an event stream before a keep-alive comment, in milliseconds")
        .add("sample-ms", "5000", "interval between points of the history, in milliseconds");
    return options.add_log_settings();
}

}  // namespace revenant::monitor
