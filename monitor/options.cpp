#include "monitor/options.hpp"

namespace revenant::monitor {

Options monitor_options() {
    Options options{"monitor", "Shows how the signer is doing, on a page, as metrics and as health."};
    options.add("run-dir", default_run_directory(), "directory below which the signers' sockets are")
        .hint(ValueHint::directory)
        .default_rule(run_directory_rule)
        .add("signers", "",
             "status sockets of the signers to watch, separated by commas; else all signer-*/status.sock below the run "
             "directory")
        .add("dependencies", "",
             "what else to watch, separated by blanks: NAME=WAY[,WAY…], with a '!' after NAME if nothing is well "
             "without "
             "it; a way is mdp://HOST:PORT/SERVICE, http://HOST:PORT/PATH, unix:/PATH or status:/PATH")
        .add("period-ms", "500", "from one check of a dependency to the next, in milliseconds")
        .add("listen-address", "127.0.0.1", "the address to listen at")
        .add("listen-port", "20092", "the TCP port to listen at; 0: any free one")
        .add("token-file", "", "a file with the token that everyone must show who looks")
        .hint(ValueHint::file)
        .add("host-names", "",
             "names by which viewers may ask who need no token, separated by commas; by an address and as localhost "
             "they always may")
        .add_flag("allow-unauthenticated", "let anyone look who reaches an address beyond loopback")
        .add("max-streams", "1100", "how many may watch the event stream at once")
        .add("max-streams-per-address", "1000",
             "how many of them from one address; behind a reverse proxy all have the proxy's")
        .add("keep-alive-ms", "30000", "of silence on an event stream until a comment is sent, in milliseconds")
        .add("sample-ms", "5000", "from one point of the history to the next, in milliseconds");
    return options.add_log_settings();
}

}  // namespace revenant::monitor
