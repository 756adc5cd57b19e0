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

/// Returns the placeholder for the value of a setting.
std::string value_of(const Setting& setting) {
    switch (setting.hint) {
        case ValueHint::file:
            return "file";
        case ValueHint::directory:
            return "directory";
        case ValueHint::user:
            return "user";
        case ValueHint::group:
            return "group";
        case ValueHint::nothing:
            break;
    }
    if (setting.choices.empty())
        return "value";
    std::string text;
    for (const auto& choice : setting.choices)
        text += (text.empty() ? "" : "|") + choice;
    return text;
}

std::string default_of(const Setting& setting) {
    if (!setting.default_rule.empty())
        return "Default: " + typed(setting.default_rule) + ".\n";
    if (setting.flag)
        return "Default: off.\n";
    return setting.default_value.empty() ? "" : ".No Default: Ql " + typed(setting.default_value) + " .\n";
}

/// Formats the text as a sentence.
std::string sentence(std::string text) {
    if (!text.empty() && text.front() >= 'a' && text.front() <= 'z' && text.substr(0, text.find(' ')).back() != ':')
        text.front() = static_cast<char>(text.front() - 'a' + 'A');
    return roff(text) + ".\n";
}

/// Returns a sentence with the aliases of a command or an option; empty if there are none.
std::string also(const Options& options, const std::string& means) {
    const auto text = aliases_of(means, options.declared_synonyms());
    return text.empty() ? "" : "Aliases: " + typed(text) + ".\n";
}

std::string settings(const Options& options) {
    std::string text = list_begins;
    for (const auto& setting : options.declared()) {
        text += ".It Fl \\-" + typed(setting.name);
        text += setting.flag ? "\n" : " Ar " + typed(value_of(setting)) + "\n";
        text += sentence(setting.help) + default_of(setting) + also(options, "--" + setting.name);
        text += ".br\nEnvironment:\n.Ev " + options.variable_of(setting.name) + "\n";
    }
    return text + list_ends;
}

std::string fixed(const Options& /*options*/) {
    std::string text = list_begins;
    for (const auto& option : Options::fixed_options()) {
        text +=
            ".It Fl \\-" + typed(option.name) + (*option.value == '\0' ? "\n" : fmt::format(" Ar {}\n", option.value));
        text += sentence(option.help);
    }
    return text + list_ends;
}

std::string commands(const Options& options) {
    std::string text = list_begins;
    for (const auto& command : options.declared_commands()) {
        text += ".It Cm " + typed(command.name);
        text += command.operands.empty() ? "\n" : " No \"" + typed(command.operands) + "\"\n";
        text += sentence(command.about) + also(options, command.name);
    }
    return text + list_ends;
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
                                                                                  {"@OPTIONS@", fixed},
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
