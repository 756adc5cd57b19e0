#include <fmt/format.h>

#include "manual/completions.hpp"

namespace revenant::manual {
namespace {

/// Escapes text for a single-quoted argument of _arguments; characters special to _arguments get a backslash.
std::string quoted(const std::string& text, const std::string& special) {
    std::string out;
    for (const auto letter : text)
        if (letter == '\'')
            out += "'\\''";
        else
            out += (special.find(letter) != std::string::npos ? "\\" : "") + std::string(1, letter);
    return out;
}

/// Returns the completion action for the value of an option.
std::string action(const Option& option) {
    switch (option.hint) {
        case ValueHint::file:
            return "_files";
        case ValueHint::directory:
            return "_files -/";
        case ValueHint::user:
            return "_users";
        case ValueHint::group:
            return "_groups";
        case ValueHint::nothing:
            break;
    }
    std::string list;
    for (const auto& choice : option.choices)
        list += (list.empty() ? "" : " ") + choice;
    return list.empty() ? " " : "(" + list + ")";
}

std::string list_of(const std::vector<Option>& options) {
    std::string text;
    for (const auto& option : options)
        text += fmt::format("    '--{}{}[{}]{}'\n", option.name, option.flag ? "" : "=", quoted(option.help, "\\[]"),
                            option.flag ? "" : ":" + option.name + ":" + action(option));
    return text;
}

std::string pattern(const std::vector<CommandDeclaration>& commands) {
    std::string names;
    for (const auto& command : commands)
        names += (names.empty() ? "" : "|") + command.name;
    return names;
}

/// Returns the case branches with each command's own options.
std::string own_specs(const Options& options) {
    std::string text;
    for (const auto& command : options.declared_commands())
        if (const auto own = own_options(command); !own.empty())
            text += fmt::format("{})\n  specs+=(\n{}  )\n  ;;\n", command.name, list_of(own));
    return text.empty() ? ""
                        : "case ${words[(r)(" + pattern(options.declared_commands()) + ")]:-} in\n" + text + "esac\n";
}

std::string described_commands(const Options& options) {
    if (options.declared_commands().empty())
        return "";
    std::string text = "commands=(\n";
    for (const auto& command : options.declared_commands())
        text += fmt::format("    '{}:{}'\n", command.name, quoted(command.about, ""));
    return text + ")\nspecs+=('1: :{_describe command commands}' '*:operand: ')\n";
}

}  // namespace

std::string zsh_completion(const Options& options) {
    return fmt::format(
        "#compdef {0}\n# zsh completion of {0}: generated from its declared options.\n"
        "local -a specs commands\nspecs=(\n{1})\n{2}{3}_arguments $specs\n",
        options.program_name(), list_of(common_options(options)), own_specs(options), described_commands(options));
}

}  // namespace revenant::manual
