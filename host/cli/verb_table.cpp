#include <array>

#include "host/cli/verbs.hpp"
#include "host/serve/settings.hpp"

namespace revenant::host {
namespace {

constexpr std::array<std::string_view, 0> no_options{};
constexpr std::array<std::string_view, 1> init_options{"deterministic"}, status_options{"full"}, new_options{"kind"},
    delete_options{"yes"}, logs_options{"limit"}, sign_options{"file"};
constexpr std::array<std::string_view, 2> set_level_options{"chain", "with-passphrase"};
constexpr std::array<std::string_view, 4> bench_options{"count", "in-flight", "keys", "kind"};
constexpr auto& serve_options = serve::option_names;

constexpr auto on_sign = Interface::sign;
constexpr auto on_management = Interface::management;
constexpr std::array<Verb, 16> table{{
    {"devices", "", "the devices and whether they are ready", 0, 0, no_options, on_management, &list_devices},
    {"doctor", "", "look at all there is between this machine and the keys, and say what to do", 0, 0, no_options,
     on_management, &doctor_visit},
    {"reset", "", "reset the USB port of the device, as a replug would", 0, 0, no_options, on_management, &reset_bus},
    {"init", "[--deterministic]", "prepare a new device: sets its passphrase", 0, 0, init_options, on_management,
     &init_device},
    {"new", "[ID...] [--kind tz4|tz1]", "make keys; without an id, one with a generated name", 0, any_number,
     new_options, on_management, &new_keys},
    {"list", "", "the keys and their addresses", 0, 0, no_options, on_management, &list_keys},
    {"status", "[ID...] [--full]", "what each key signed last, on each chain", 0, any_number, status_options,
     on_management, &show_status},
    {"unlock", "[ID...]", "let keys sign; without an id all, or on a terminal those that you pick", 0, any_number,
     no_options, on_management, &unlock_keys},
    {"lock", "[ID...]", "let keys sign no more; without an id all, or on a terminal those that you pick", 0, any_number,
     no_options, on_management, &lock_keys},
    {"delete", "ID... [--yes]", "delete keys for ever; on a terminal those that you pick, without an id", 1, any_number,
     delete_options, on_management, &delete_keys, true},
    {"logs", "[--limit N]", "the newest lines of the gadget's log", 0, 0, logs_options, on_management, &show_logs},
    {"version", "", "the versions of both ends", 0, 0, no_options, on_management, &show_version},
    {"set-level", "ID LEVEL [--chain NETX] [--with-passphrase]",
     "let a key sign only above a level; on a terminal a key that you pick, without an id", 2, 2, set_level_options,
     on_management, &set_level, true},
    {"sign", "KEY|ADDRESS HEX|--file FILE", "sign one consensus operation and verify the signature", 1, 2, sign_options,
     on_sign, &sign},
    {"serve", "[ID...] [--listen-port N] [--client-keys KEY,KEY]",
     "serve a baker over HTTP as the remote signer of Octez, until SIGTERM", 0, any_number, serve_options, on_sign,
     &serve_signatures},
    {"bench", "[--count N] [--in-flight N] [--keys ID,ID] [--kind sign|status]",
     "measure; it signs on a chain of its own, so use keys made for it", 0, 0, bench_options, on_sign, &bench},
}};

}  // namespace

std::span<const Verb> verbs() {
    return table;
}

}  // namespace revenant::host
