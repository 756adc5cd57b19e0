#include <algorithm>

#include <fmt/format.h>

#include "common/service/aliases.hpp"
#include "common/service/options.hpp"

/// Text of --help; the manual page has the same content in full.
namespace revenant {
namespace {

std::string list_of(const std::vector<CommandDeclaration>& commands) {
    std::string text;
    for (const auto& command : commands)
        text += fmt::format("  {}{}{}\n      {}\n", command.name, command.operands.empty() ? "" : " ", command.operands,
                            command.about);
    return text;
}

std::string list_of(const std::vector<Option>& options) {
    std::string text;
    for (const auto& option : options) {
        const auto value = value_name(option);
        const bool has_default = !option.flag && !option.default_value.empty();
        text += fmt::format("  --{}{}{}{}\n      {}\n", option.name, value.empty() ? "" : " ", value,
                            has_default ? " [" + option.default_value + "]" : "", option.help);
    }
    return text;
}

std::string list_of(const std::vector<ExitCode>& codes) {
    std::string text;
    for (const auto& exit : codes)
        text += fmt::format("  {:<5}{}\n", exit.code, exit.about);
    return text;
}

std::string list_of(const std::vector<std::string>& examples) {
    std::string text;
    for (const auto& example : examples)
        text += fmt::format("  {}\n", example);
    return text;
}

template <typename List>
std::string section(const char* title, const List& list) {
    return list.empty() ? "" : fmt::format("\n{}:\n{}", title, list_of(list));
}

constexpr auto settings_title = "Settings (also in the configuration file)";

}  // namespace

std::string value_name(const Option& option) {
    switch (option.hint) {
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
    if (option.choices.empty())
        return option.flag ? "" : "value";
    std::string text;
    for (const auto& choice : option.choices)
        text += (text.empty() ? "" : "|") + choice;
    return text;
}

std::string Options::help() const {
    auto text = fmt::format("{}\n\nUsage: {} [options] {}\n", summary_, program_, synopsis_);
    text += section("Commands", commands_) + section(settings_title, settings_) + section("Other options", options_) +
            section("Exit codes", exit_codes_);
    text += fmt::format(
        "\nEach setting can also be given as the environment variable {}... or as a line `name = value` in {}.\n"
        "The command line overrides the environment, the environment overrides the file.\n",
        prefix_, file());
    if (!commands_.empty())
        text += fmt::format("'{} COMMAND --help' shows a command with its options.\n", program_);
    if (!aliases_.empty())
        text += "Aliases: " + text_of(aliases_) + ".\n";
    return epilog_.empty() ? text : text + epilog_ + "\n";
}

std::string Options::help(const CommandDeclaration& command) const {
    return fmt::format("{} {}: {}\n\nUsage: {}\n", program_, command.name, command.about, usage(command)) +
           section("Options", command.options) + section(settings_title, command.settings) +
           section("Examples", command.examples) +
           fmt::format("\n'{} --help' lists the commands and the options that all of them accept.\n", program_);
}

std::string Options::effective() const {
    auto settings = all_settings();
    std::ranges::sort(settings, {}, &Option::name);
    std::string text;
    for (const auto& setting : settings)
        text += fmt::format("{} = {}  # {}\n", setting.name, this->text(setting.name), origin(setting.name));
    return text;
}

}  // namespace revenant
