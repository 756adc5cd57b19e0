#include "host/cli/cli.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <ostream>

#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "common/async/task_group.hpp"
#include "common/service/options.hpp"
#include "common/service/run.hpp"
#include "host/cli/commands.hpp"
#include "host/cli/options.hpp"
#include "host/prompt/passphrase.hpp"
#include "host/prompt/terminal.hpp"
#include "host/text/printable.hpp"

namespace revenant::host {
namespace {

/// tezsign's host program reads it for `unlock` alone.
constexpr auto tezsign_passphrase_variable = "TEZSIGN_UNLOCK_PASS";

Command command_of(const Options& options, bool interactive) {
    const auto& words = options.words();
    if (words.empty())
        throw usage_error("no command given; see 'revenant --help'");
    const auto all = commands();
    const auto command =
        std::find_if(all.begin(), all.end(), [&](const Command& each) { return each.declared.name == words.front(); });
    if (command == all.end())
        throw usage_error(fmt::format("unknown command '{}'; see 'revenant --help'", printable(words.front())));
    const auto operands = words.size() - 1;
    const auto least = command->min_operands - (command->chooses_keys && interactive ? 1 : 0);
    if (operands < least || operands > command->max_operands)
        throw usage_error(fmt::format("{} operands: write '{}'", operands < least ? "missing" : "too many",
                                      options.usage(command->declared)));
    return *command;
}

void check_device(const Options& options) {
    usb_selection(options);  // throws what is wrong with it
    const auto serial = options.text("serial");
    if (options.text("bus") == "loopback" && !serial.empty() && serial != options.text("run-dir"))
        throw usage_error(
            fmt::format("there is no device '{}': on the loopback bus the run directory is the device, so "
                        "use --run-dir",
                        serial));
}

/// After an unknown outcome the user needs the current state of the device.
awaitable<void> add_state(Report& report, Device& device) {
    try {
        const auto state = co_await state_of(device);
        report.json["state"] = state.json;
        report.text = state.text;
    } catch (const Error&) {  // the device is not back yet
    }
}

Report failed(const Error& failure) {
    Report report;
    report.json = {{"error", error_json(failure)}};
    report.exit = exit_of(failure.fault());
    return report;
}

/// Runs the command; converts a failure into its report and its sentence.
awaitable<void> perform(const Command& command, const Call& call, Report& report, std::string& sentence) {
    std::optional<Device> device;  // outlives the group's coroutines, which use it
    const auto body = [&](TaskGroup& group) -> awaitable<void> {
        device.emplace(group, call.options, command.interface);
        try {
            report = co_await command.run(call, *device);
            sentence.clear();
            co_return;
        } catch (const Error& failure) {
            sentence = failure.what();
            report = failed(failure);
        }
        if (report.exit == Exit::unknown)
            co_await add_state(report, *device);
    };
    co_await with_group(body);
}

/// The environment without the variable of the passphrase, which is not a setting.
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
    if (!out)
        throw OutputError{};
    return static_cast<int>(report.exit);
}

}  // namespace

Secret Call::passphrase(bool twice) const {
    PassphraseSource source;
    if (!options.text("passphrase-fd").empty())
        source.descriptor = static_cast<int>(options.number("passphrase-fd", 0, 1'000'000));
    source.variable = options.text("passphrase-env");
    source.exact = options.flag("passphrase-exact");
    source.variable_required = options.origin("passphrase-env") != "default";
    if (!source.variable_required && options.words().front() == "unlock" &&
        std::getenv(passphrase_variable) == nullptr && std::getenv(tezsign_passphrase_variable) != nullptr)
        source.variable = tezsign_passphrase_variable;
    return read_passphrase(source, twice);
}

int run_cli(int argc, const char* const* argv, const char* const* environment, std::ostream& out, std::ostream& err) {
    // Needed before parsing, since a failure to parse is also reported as JSON.
    bool json = std::any_of(argv, argv + argc, [](const char* word) { return std::strcmp(word, "--json") == 0; });
    Report report;
    std::string sentence;
    const auto fail = [&](const Error& failure) {
        report = failed(failure);
        sentence = failure.what();
    };
    try {
        auto options = host_options();
        if (!options.parse(argc, argv, without_passphrase(environment).data()))
            return static_cast<int>(Exit::done);
        json = options.flag("json");
        const bool interactive = !json && terminal_is_interactive();
        const auto command = command_of(options, interactive);
        check_device(options);
        Call call{options, {options.words().begin() + 1, options.words().end()}, interactive};
        if (!json && ::isatty(STDERR_FILENO) != 0)
            call.progress = progress_on_terminal();
        fail(Error{Fault::interrupted, "interrupted before the device answered"});  // until it does
        const auto body = [&](asio::io_context&) { return perform(command, call, report, sentence); };
        run_until_signalled(body);
    } catch (const OutputError&) {
        throw;
    } catch (const Error& failure) {
        fail(failure);
    } catch (const UsageError& error) {
        fail(usage_error(error.what()));
    } catch (const system_error& error) {
        fail(Error{Fault::internal, error.code().message()});  // what() has a source path
    } catch (const std::exception& error) {
        fail(Error{Fault::internal, error.what()});
    }
    return print(report, sentence, json, out, err);
}

}  // namespace revenant::host
