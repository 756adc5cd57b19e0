#include "host/cli/options.hpp"

#include "host/cli/verbs.hpp"
#include "host/error/error.hpp"
#include "host/serve/settings.hpp"

namespace revenant::host {
namespace {

std::vector<Command> commands() {
    std::vector<Command> list;
    for (const auto& verb : verbs())
        list.push_back({std::string{verb.name},
                        std::string{verb.operands},
                        std::string{verb.about},
                        {verb.options.begin(), verb.options.end()}});
    return list;
}

/// What people type who know the companion of tezsign.
std::vector<Alias> companion_aliases() {
    return {{"list-devices", "devices"},         {"run", "serve"},         {"advanced usb-port-reset", "reset"},
            {"advanced set-level", "set-level"}, {"--device", "--serial"}, {"-d", "--serial"}};
}

ExitCode means(Exit exit, const char* about) {
    return {static_cast<int>(exit), about};
}

std::vector<ExitCode> codes() {
    return {means(Exit::done, "done"),
            means(Exit::failed, "failed"),
            means(Exit::usage, "wrong words or settings"),
            means(Exit::no_device, "no device, or no answer, within the deadline"),
            means(Exit::refused, "the device refused (its error code is shown)"),
            means(Exit::passphrase, "passphrase wrong, or too many wrong ones"),
            means(Exit::unknown, "outcome unknown: the device restarted before it confirmed; its state is shown"),
            means(Exit::interrupted, "interrupted")};
}

}  // namespace

Options host_options() {
    Options options{"host", "The host end of a Tezos signing device on a USB cable."};
    options.commands("Verbs", commands())
        .operands("VERB [operands]")
        .aliases(companion_aliases())
        .exit_codes(codes())
        .epilog(
            "The passphrase is asked for on the terminal, unless --passphrase-fd or a variable of the environment "
            "gives it.")
        .add("bus", "usb", "how the device is connected: usb or loopback")
        .choices({"usb", "loopback"})
        .add("run-dir", default_run_directory(), "directory of a loopback device's sockets")
        .hint(ValueHint::directory)
        .default_rule(run_directory_rule)
        .add("vendor-id", "0x9997", "the device's USB vendor id, as 0x9997 or in decimal")
        .add("product-id", "0x0001", "the device's USB product id")
        .add("serial", "", "serial number of the device, where there are several")
        .add("deadline", "", "seconds to wait for the device and its answer; empty: by verb, 3 to 30 (serve: 4.5)")
        .add_flag("json", "write one JSON document, also for failures")
        .add("passphrase-fd", "", "read the passphrase from this descriptor")
        .add("passphrase-env", passphrase_variable, "read the passphrase from this variable, if it is set")
        .add_flag(
            "passphrase-exact",
            "do not convert the passphrase to Unicode's normal form C: for one that another program set in another "
            "form")
        .add_flag("deterministic", "init: derive all keys from one seed")
        .add("kind", "", "new: tz4 or tz1 (tz4 if empty); bench: sign or status (sign if empty)")
        .choices({"tz4", "tz1", "sign", "status"})
        .add_flag("yes", "delete: do not ask")
        .add_flag("full", "status: all that is known of each key, line by line")
        .add("limit", "", "logs: how many lines; empty: 100")
        .add("chain", "", "set-level: the chain, as NetX…; empty: the key's only one")
        .add_flag("with-passphrase", "set-level: give the passphrase, for a far level or lost marks")
        .add("file", "", "sign: the file with the raw bytes")
        .hint(ValueHint::file)
        .add("count", "1000", "bench: how many requests")
        .add("in-flight", "1", "bench: how many at once")
        .add("keys", "", "bench: ids separated by commas; empty: all that are unlocked");
    serve::declare_options(options);
    return options;
}

}  // namespace revenant::host
