#include "manual/page.hpp"

#include <functional>
#include <map>
#include <sstream>
#include <stdexcept>

#include <fmt/format.h>

#include "common/service/aliases.hpp"
#include "manual/roff.hpp"

namespace revenant::manual {
namespace {

constexpr auto list_begins = ".Bl -tag -width Ds\n";
constexpr auto list_ends = ".El\n";

std::string default_of(const Option& option) {
    if (!option.default_rule.empty())
        return "Default: " + typed(option.default_rule) + ".\n";
    if (option.flag)
        return "Default: off.\n";
    return option.default_value.empty() ? "" : ".No Default: Ql " + typed(option.default_value) + " .\n";
}

/// Formats the text as a sentence.
std::string sentence(std::string text) {
    if (!text.empty() && text.front() >= 'a' && text.front() <= 'z' && text.substr(0, text.find(' ')).back() != ':')
        text.front() = static_cast<char>(text.front() - 'a' + 'A');
    return roff(text) + ".\n";
}

/// Returns a sentence with the aliases of a command or an option; empty if there are none.
std::string also(const Options& options, const std::string& means) {
    const auto text = aliases_of(means, options.declared_aliases());
    return text.empty() ? "" : "Aliases: " + typed(text) + ".\n";
}

std::string item(const Options& options, const Option& option) {
    const auto value = value_name(option);
    return ".It Fl \\-" + typed(option.name) + (value.empty() ? "" : " Ar " + typed(value)) + "\n" +
           sentence(option.help) + default_of(option) + also(options, "--" + option.name);
}

/// The items of settings, with their environment variables.
std::string setting_items(const Options& options, const std::vector<Option>& settings) {
    std::string text;
    for (const auto& setting : settings)
        text += item(options, setting) + ".br\nEnvironment:\n.Ev " + options.variable_of(setting.name) + "\n";
    return text;
}

std::string option_items(const Options& options, const std::vector<Option>& list) {
    std::string text;
    for (const auto& option : list)
        text += item(options, option);
    return text;
}

/// Returns a list; empty without items.
std::string list_of(const std::string& items) {
    return items.empty() ? "" : list_begins + items + list_ends;
}

std::string settings(const Options& options) {
    return list_of(setting_items(options, options.declared_settings()));
}

std::string other_options(const Options& options) {
    return list_of(option_items(options, options.declared_options()));
}

/// The commands, each with its own options and settings.
std::string commands(const Options& options) {
    std::string text;
    for (const auto& command : options.declared_commands()) {
        text += ".It Cm " + typed(command.name);
        text += command.operands.empty() ? "\n" : " No \"" + typed(command.operands) + "\"\n";
        text += sentence(command.about) + also(options, command.name) +
                list_of(option_items(options, command.options) + setting_items(options, command.settings));
    }
    return list_of(text);
}

std::string exits(const Options& options) {
    std::string text = list_begins;
    for (const auto& exit : options.declared_exit_codes())
        text += fmt::format(".It {}\n{}", exit.code, sentence(exit.about));
    return text + list_ends;
}

std::string summary(const Options& options) {
    return roff(options.summary()) + "\n";
}

}  // namespace

std::string page(const Options& options, const std::string& draft) {
    const std::map<std::string, std::function<std::string(const Options&)>> parts{{"@SETTINGS@", settings},
                                                                                  {"@OPTIONS@", other_options},
                                                                                  {"@COMMANDS@", commands},
                                                                                  {"@EXITS@", exits},
                                                                                  {"@SUMMARY@", summary}};
    std::map<std::string, int> seen;
    std::string text;
    std::istringstream lines{draft};
    for (std::string line; std::getline(lines, line);) {
        if (line.empty() || line.front() != '@') {
            text += line + "\n";
            continue;
        }
        const auto part = parts.find(line);
        if (part == parts.end())
            throw std::runtime_error{
                fmt::format("unknown placeholder in the page of {}: '{}': use "
                            "one of those in page.hpp, such as @SETTINGS@",
                            options.program_name(), line)};
        ++seen[line];
        text += part->second(options);
    }
    for (const auto* must : {"@SETTINGS@", "@OPTIONS@", "@EXITS@"})
        if (seen[must] != 1)
            throw std::runtime_error{fmt::format("the page of {} must contain {} exactly once, on a line of its own",
                                                 options.program_name(), must)};
    return text;
}

}  // namespace revenant::manual
