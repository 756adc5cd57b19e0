#include "host/cli.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <ostream>

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "common/core/task_group.hpp"
#include "common/service/options.hpp"
#include "common/service/run.hpp"
#include "host/passphrase.hpp"
#include "host/serve/settings.hpp"
#include "host/verbs.hpp"

namespace revenant::host {
namespace {

constexpr auto passphrase_variable = "REVENANT_PASSPHRASE";

constexpr std::array<std::string_view, 0> no_options{};
constexpr std::array<std::string_view, 1> init_options{"deterministic"}, new_options{"kind"}, delete_options{"yes"},
    logs_options{"limit"}, sign_options{"file"};
constexpr std::array<std::string_view, 2> set_level_options{"chain", "with-passphrase"};
constexpr std::array<std::string_view, 4> bench_options{"count", "in-flight", "keys", "kind"};
constexpr auto& serve_options = serve::option_names;

constexpr auto on_sign = Interface::sign;
constexpr auto on_management = Interface::management;
constexpr std::array<Verb, 15> verbs{{
    {"devices", "", "the devices and whether they are ready", 0, 0, no_options, on_management, &list_devices},
    {"reset", "", "reset the USB port of the device, as a replug would", 0, 0, no_options, on_management, &reset_bus},
    {"init", "[--deterministic]", "prepare a new device: sets its passphrase", 0, 0, init_options, on_management,
     &init_device},
    {"new", "[ID...] [--kind tz4|tz1]", "make keys; without an id one with a name of its own", 0, any_number,
     new_options, on_management, &new_keys},
    {"list", "", "the keys and their addresses", 0, 0, no_options, on_management, &list_keys},
    {"status", "[ID...]", "what each key signed last, on each chain", 0, any_number, no_options, on_management,
     &show_status},
    {"unlock", "[ID...]", "let keys sign; without an id all", 0, any_number, no_options, on_management, &unlock_keys},
    {"lock", "[ID...]", "let keys sign no more; without an id all", 0, any_number, no_options, on_management,
     &lock_keys},
    {"delete", "ID... [--yes]", "delete keys for ever", 1, any_number, delete_options, on_management, &delete_keys},
    {"logs", "[--limit N]", "the newest lines of the gadget's log", 0, 0, logs_options, on_management, &show_logs},
    {"version", "", "the versions of both ends", 0, 0, no_options, on_management, &show_version},
    {"set-level", "ID LEVEL [--chain NETX] [--with-passphrase]", "let a key sign only above a level", 2, 2,
     set_level_options, on_management, &set_level},
    {"sign", "KEY|ADDRESS HEX|--file FILE", "sign one consensus operation and verify the signature", 1, 2, sign_options,
     on_sign, &sign},
    {"serve", "[--listen-port N] [--client-keys KEY,KEY]",
     "answer a baker over HTTP, as the remote signer of Octez does, until it is told to end", 0, 0, serve_options,
     on_sign, &serve_signatures},
    {"bench", "[--count N] [--in-flight N] [--keys ID,ID] [--kind sign|status]",
     "measure: signs on a chain of its own, so use keys that were made for it", 0, 0, bench_options, on_sign, &bench},
}};

std::string synopsis() {
    std::string text = "VERB [operands]\n\nVerbs:\n";
    for (const auto& verb : verbs)
        text +=
            fmt::format("  {}{}{}\n      {}\n", verb.name, verb.operands.empty() ? "" : " ", verb.operands, verb.about);
    text +=
        "\nExit codes: 0 done; 1 failed; 2 wrong words or settings; 3 no device, or no answer, within the deadline;\n"
        "4 the device refused (its error code is shown); 5 passphrase wrong, or too many wrong ones; 6 outcome "
        "unknown:\n"
        "the device restarted before it confirmed, and its state is shown; 130 interrupted.\n"
        "\nThe passphrase is asked for on the terminal, unless --passphrase-fd or a variable of the environment gives "
        "it.\n";
    return text;
}

Options declared_options() {
    Options options{"host", "revenant: the host end of a Tezos signing device on a USB cable."};
    options.take_words(synopsis())
        .add("bus", "usb", "how the device is connected: usb or loopback")
        .add("run-dir", default_run_directory(), "directory of a loopback device's sockets")
        .add("vendor-id", "0x9997", "the device's USB vendor id, as 0x9997 or in decimal")
        .add("product-id", "0x0001", "the device's USB product id")
        .add("serial", "", "serial number of the device, where there are several")
        .add("deadline", "", "seconds to wait for the device and its answer; empty: by verb, 3 to 30 (serve: 4.5)")
        .add_flag("json", "write one JSON document, also for failures")
        .add("passphrase-fd", "", "read the passphrase from this descriptor")
        .add("passphrase-env", passphrase_variable, "read the passphrase from this variable, if it is set")
        .add_flag("deterministic", "init: derive all keys from one seed")
        .add("kind", "", "new: tz4 or tz1 (tz4 if empty); bench: sign or status (sign if empty)")
        .add_flag("yes", "delete: do not ask")
        .add("limit", "", "logs: how many lines; empty: 100")
        .add("chain", "", "set-level: the chain, as NetX…; empty: the key's only one")
        .add_flag("with-passphrase", "set-level: give the passphrase, for a far level or lost marks")
        .add("file", "", "sign: the file with the raw bytes")
        .add("count", "1000", "bench: how many requests")
        .add("in-flight", "1", "bench: how many at once")
        .add("keys", "", "bench: ids separated by commas; empty: all that are unlocked");
    serve::declare_options(options);
    return options;
}

const Verb& verb_of(const Options& options) {
    const auto& words = options.words();
    if (words.empty())
        throw wrong_words("no verb was given: 'revenant --help' lists them");
    const auto verb = std::find_if(verbs.begin(), verbs.end(), [&](const Verb& v) { return v.name == words.front(); });
    if (verb == verbs.end())
        throw wrong_words(fmt::format("'{}' is no verb: 'revenant --help' lists them", printable(words.front())));
    const auto operands = words.size() - 1;
    if (operands < verb->least || operands > verb->most)
        throw wrong_words(fmt::format("{} operands: write 'revenant {}{}{}'",
                                      operands < verb->least ? "missing" : "too many", verb->name,
                                      verb->operands.empty() ? "" : " ", verb->operands));
    for (const auto& other : verbs)
        for (const auto option : other.options)
            if (options.origin(std::string{option}) == "command line" &&
                std::find(verb->options.begin(), verb->options.end(), option) == verb->options.end())
                throw wrong_words(fmt::format("--{} does not go with {}: write 'revenant {}{}{}'", option, verb->name,
                                              verb->name, verb->operands.empty() ? "" : " ", verb->operands));
    return *verb;
}

void check_device(const Options& options) {
    const auto bus = options.text("bus");
    if (bus != "usb" && bus != "loopback")
        throw wrong_words(fmt::format("--bus is '{}': it takes usb or loopback", bus));
    usb_selection(options);  // throws what is wrong with it
    const auto serial = options.text("serial");
    if (bus == "loopback" && !serial.empty() && serial != options.text("run-dir"))
        throw wrong_words(
            fmt::format("there is no device '{}': on the loopback bus the run directory is the device, so "
                        "use --run-dir",
                        serial));
}

/// A request whose outcome is unknown needs a look at what the device holds now.
awaitable<void> add_state(Report& report, Device& device) {
    try {
        const auto state = co_await state_of(device);
        report.json["state"] = state.json;
        report.text = state.text;
    } catch (const Failure&) {  // it is not back yet: then the sentence alone must do
    }
}

Report failed(const Failure& failure) {
    Report report;
    report.json = {{"error", error_json(failure)}};
    report.exit = failure.exit();
    return report;
}

/// Runs the verb; a failure becomes its report and its sentence.
awaitable<void> perform(const Verb& verb, const Call& call, Report& report, std::string& sentence) {
    std::optional<Device> device;  // outlives the group's coroutines, which use it
    const auto body = [&](TaskGroup& group) -> awaitable<void> {
        device.emplace(group, call.options, verb.interface);
        try {
            report = co_await verb.run(call, *device);
            sentence.clear();
            co_return;
        } catch (const Failure& failure) {
            sentence = failure.what();
            report = failed(failure);
        }
        if (report.exit == Exit::unknown)
            co_await add_state(report, *device);
    };
    co_await with_group(body);
}

/// The environment as settings see it: the passphrase's variable is none of them.
std::vector<const char*> without_passphrase(const char* const* environment) {
    std::vector<const char*> entries;
    const auto length = std::strlen(passphrase_variable);
    for (; *environment != nullptr; ++environment)
        if (std::strncmp(*environment, passphrase_variable, length) != 0 || (*environment)[length] != '=')
            entries.push_back(*environment);
    entries.push_back(nullptr);
    return entries;
}

int print(const Report& report, const std::string& sentence, bool json, std::ostream& out, std::ostream& err) {
    if (json)
        out << boost::json::serialize(report.json) << '\n';
    else
        out << report.text;
    out.flush();
    if (!json && !sentence.empty())
        err << "revenant: " << sentence << '\n';
    if (out)
        return static_cast<int>(report.exit);
    err << "revenant: the result could not be written to standard output: check where it goes\n";
    return static_cast<int>(Exit::failed);
}

}  // namespace

Secret Call::passphrase(bool twice) const {
    PassphraseSource source;
    if (!options.text("passphrase-fd").empty())
        source.descriptor = static_cast<int>(options.number("passphrase-fd", 0, 1'000'000));
    source.variable = options.text("passphrase-env");
    source.variable_required = options.origin("passphrase-env") != "default";
    return read_passphrase(source, twice);
}

int run_cli(int argc, const char* const* argv, const char* const* environment, std::ostream& out, std::ostream& err) {
    // Whether failures are wanted as JSON must be known even when the settings themselves are wrong.
    bool json = std::any_of(argv, argv + argc, [](const char* word) { return std::strcmp(word, "--json") == 0; });
    Report report;
    std::string sentence;
    const auto fail = [&](const Failure& failure) {
        report = failed(failure);
        sentence = failure.what();
    };
    try {
        auto options = declared_options();
        if (!options.parse(argc, argv, without_passphrase(environment).data()))
            return static_cast<int>(Exit::done);
        json = options.flag("json");
        const auto& verb = verb_of(options);
        check_device(options);
        const Call call{options, {options.words().begin() + 1, options.words().end()}};
        fail(Failure{Exit::interrupted, "interrupted", "interrupted before the device answered"});  // until it does
        const auto body = [&](asio::io_context&) { return perform(verb, call, report, sentence); };
        run_until_signalled(body);
    } catch (const Failure& failure) {
        fail(failure);
    } catch (const UsageError& error) {
        fail(wrong_words(error.what()));
    } catch (const system_error& error) {
        fail(Failure{Exit::failed, "failed", error.code().message()});  // what() has a source path
    } catch (const std::exception& error) {
        fail(Failure{Exit::failed, "failed", error.what()});
    }
    return print(report, sentence, json, out, err);
}

}  // namespace revenant::host
