#include "host/cli/options.hpp"

#include "host/cli/commands.hpp"
#include "host/error/error.hpp"

namespace revenant::host {
namespace {

std::vector<CommandDeclaration> declarations() {
    std::vector<CommandDeclaration> list;
    for (auto& command : commands())
        list.push_back(std::move(command.declared));
    return list;
}

/// The commands and options of tezsign's host program.
std::vector<Alias> tezsign_aliases() {
    return {{"list-devices", "devices"},
            {"run", "serve"},
            {"advanced usb-port-reset", "reset"},
            {"advanced set-level", "set-level"},
            {"--device", "--serial"},
            {"-d", "--serial"},
            {"-n", "--limit"}};
}

ExitCode means(Exit exit, const char* about) {
    return {static_cast<int>(exit), about};
}

std::vector<ExitCode> codes() {
    return {means(Exit::done, "done"),
            means(Exit::failed, "failed"),
            means(Exit::usage, "invalid command line or settings"),
            means(Exit::no_device, "no device, or no answer, within the deadline"),
            means(Exit::refused, "the device refused (its error code is shown)"),
            means(Exit::passphrase, "wrong passphrase, or too many wrong attempts"),
            means(Exit::unknown, "outcome unknown: the device restarted before it confirmed; its state is shown"),
            means(Exit::interrupted, "interrupted")};
}

}  // namespace

Options host_options() {
    Options options{"host", "Operates a Tezos signing device on a USB cable from its host."};
    options
        .named("revenant", "REVENANT_",
               {"REVENANT_GADGET_", "REVENANT_REGISTRAR_", "REVENANT_LIVENESS_", "REVENANT_MONITOR_"})
        .operands("COMMAND [operands]")
        .commands(declarations())
        .aliases(tezsign_aliases())
        .exit_codes(codes())
        .epilog(
            "The passphrase is read from a prompt on the terminal, unless --passphrase-fd or an environment variable "
            "gives it.")
        .add("bus", "usb", "how the device is connected: usb or loopback")
        .choices({"usb", "loopback"})
        .add("run-dir", default_run_directory(), "directory of a loopback device's sockets")
        .hint(ValueHint::directory)
        .default_rule(run_directory_rule)
        .add("vendor-id", "0x9997", "USB vendor id of the device, hexadecimal (0x9997) or decimal")
        .add("product-id", "0x0001", "USB product id of the device")
        .add("serial", "", "serial number of the device, if there are several devices")
        .add("deadline", "",
             "maximum wait for the device and its answer, in seconds; empty: 3 to 30, depending on the command (serve: "
             "4.5)")
        .add_option(flag_option("json", "write the result or the failure as one JSON document"));
    return options;
}

}  // namespace revenant::host
