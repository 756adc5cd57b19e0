#include "host/cli/commands.hpp"
#include "host/cli/options.hpp"
#include "host/serve/settings.hpp"

namespace revenant::host {
namespace {

/// The options of a command that needs the passphrase, after those of its own.
std::vector<Option> with_passphrase(std::vector<Option> options = {}) {
    options.push_back({.name = "passphrase-fd", .help = "read the passphrase from this file descriptor"});
    options.push_back({.name = "passphrase-env",
                       .default_value = passphrase_variable,
                       .help = "read the passphrase from this environment variable, if it is set"});
    options.push_back(flag_option("passphrase-exact",
                                  "do not convert the passphrase to Unicode's normal form C: for one that another "
                                  "program set in another form"));
    return options;
}

std::vector<Option> bench_options() {
    return {{.name = "count", .default_value = "1000", .help = "number of requests"},
            {.name = "in-flight", .default_value = "1", .help = "number of concurrent requests"},
            {.name = "keys", .help = "key ids, separated by commas; empty: all unlocked keys"},
            {.name = "kind", .default_value = "sign", .help = "kind of the requests", .choices = {"sign", "status"}}};
}

/// Commands that tezsign's users type have its options too.
std::vector<Option> serve_options() {
    return {{.name = "listen", .help = "address and port in one, for example 127.0.0.1:20090 or [::1]:20090"},
            {.name = "keep-alive", .help = "no effect: accepted for scripts written for tezsign"},
            flag_option("no-retry", "no effect: accepted for scripts written for tezsign")};
}

}  // namespace

std::vector<Command> commands() {
    return {
        {.declared = {.name = "devices", .about = "list the devices and their states"}, .run = &list_devices},
        {.declared = {.name = "doctor",
                      .about = "check everything between this machine and the keys, and print remedies"},
         .run = &doctor_visit},
        {.declared = {.name = "reset", .about = "reset the USB port of the device, like unplugging it"},
         .run = &reset_bus},
        {.declared = {.name = "init",
                      .about = "initialise a new device and set its passphrase",
                      .options = with_passphrase({flag_option("deterministic", "derive all keys from one seed")})},
         .run = &init_device},
        {.declared = {.name = "new",
                      .operands = "[ID...]",
                      .about = "make keys; without an ID, one key with a generated id",
                      .options = with_passphrase({{.name = "kind",
                                                   .default_value = "tz4",
                                                   .help = "kind of the keys: tz4 (BLS) or tz1 (Ed25519)",
                                                   .choices = {"tz4", "tz1"}}}),
                      .examples = {"revenant new baker", "revenant new companion backup --kind tz1"}},
         .max_operands = any_number,
         .run = &new_keys},
        {.declared = {.name = "list", .about = "list the keys and their addresses"}, .run = &list_keys},
        {.declared = {.name = "status",
                      .operands = "[ID...]",
                      .about = "show what each key signed last on each chain",
                      .options = {flag_option("full", "show all fields of each key, one per line")}},
         .max_operands = any_number,
         .run = &show_status},
        {.declared = {.name = "unlock",
                      .operands = "[ID...]",
                      .about = "enable keys to sign; without an ID, those chosen at a prompt, or all if there is no "
                               "terminal",
                      .options = with_passphrase(),
                      .examples = {"revenant unlock", "revenant unlock baker --passphrase-fd 3 3</run/passphrase"}},
         .max_operands = any_number,
         .run = &unlock_keys},
        {.declared = {.name = "lock",
                      .operands = "[ID...]",
                      .about = "disable keys from signing; without an ID, those chosen at a prompt, or all if there is "
                               "no terminal"},
         .max_operands = any_number,
         .run = &lock_keys},
        {.declared = {.name = "delete",
                      .operands = "ID...",
                      .about = "delete keys permanently; on a terminal without an ID, those chosen at a prompt",
                      .options = with_passphrase({flag_option("yes", "delete without confirmation")})},
         .min_operands = 1,
         .max_operands = any_number,
         .run = &delete_keys,
         .chooses_keys = true},
        {.declared = {.name = "logs",
                      .about = "show the newest lines of the gadget's log",
                      .options = {{.name = "limit", .default_value = "100", .help = "maximum number of lines"}}},
         .run = &show_logs},
        {.declared = {.name = "version", .about = "show the versions of host and device"}, .run = &show_version},
        {.declared = {.name = "set-level",
                      .operands = "ID LEVEL",
                      .about = "allow a key to sign only above a level; on a terminal without an ID, a key chosen at a "
                               "prompt",
                      .options = with_passphrase(
                          {{.name = "chain",
                            .help = "the chain, for example NetXdQprcVkpaWU; empty: the key's only one"},
                           flag_option("with-passphrase",
                                       "send the passphrase: required for a distant level and for lost marks")}),
                      .examples = {"revenant set-level baker 9000000 --chain NetXdQprcVkpaWU --with-passphrase"}},
         .min_operands = 2,
         .max_operands = 2,
         .run = &set_level,
         .chooses_keys = true},
        {.declared =
             {.name = "sign",
              .operands = "ID|ADDRESS HEX|--file FILE",
              .about = "sign one consensus operation and verify the signature",
              .options = {{.name = "file", .help = "file with the operation as raw bytes", .hint = ValueHint::file}}},
         .min_operands = 1,
         .max_operands = 2,
         .interface = Interface::sign,
         .run = &sign},
        {.declared = {.name = "serve",
                      .operands = "[ID...]",
                      .about = "serve a baker over HTTP as a remote signer of Octez, until SIGTERM",
                      .options = serve_options(),
                      .settings = serve::settings(),
                      .examples = {"revenant serve --serial SERIAL", "revenant serve baker --listen-port 20091"}},
         .max_operands = any_number,
         .interface = Interface::sign,
         .run = &serve_signatures},
        {.declared = {.name = "bench",
                      .about = "measure latency and rate; it signs on a chain of its own: use keys made for it",
                      .options = bench_options(),
                      .examples = {"revenant bench --count 5000 --in-flight 4", "revenant bench --kind status"}},
         .interface = Interface::sign,
         .run = &bench},
    };
}

}  // namespace revenant::host
