#include <algorithm>

#include <fmt/format.h>

#include "manual/completions.hpp"

namespace revenant::manual {
namespace {

std::string dashed(const std::vector<Setting>& settings) {
    std::string words;
    for (const auto& setting : settings)
        words += (words.empty() ? "--" : " --") + setting.name;
    return words;
}

std::string joined(const std::vector<std::string>& words, const char* between) {
    std::string text;
    for (const auto& word : words)
        text += (text.empty() ? "" : between) + word;
    return text;
}

std::string function_name(std::string program) {
    std::replace(program.begin(), program.end(), '-', '_');
    return "_" + program;
}

/// Returns compgen's arguments for the value of a setting; empty if it cannot be completed.
std::string guesses(const Setting& setting) {
    switch (setting.hint) {
        case ValueHint::file:
            return "-f";
        case ValueHint::directory:
            return "-d";
        case ValueHint::user:
            return "-u";
        case ValueHint::group:
            return "-g";
        case ValueHint::nothing:
            break;
    }
    return setting.choices.empty() ? "" : "-W '" + joined(setting.choices, " ") + "'";
}

/// Returns the case branches for the option before the cursor.
std::string values(const Options& options) {
    std::string text, unknown;
    for (const auto& setting : options.declared()) {
        if (setting.flag)
            continue;
        const auto how = guesses(setting);
        if (how.empty())
            unknown += (unknown.empty() ? "--" : " | --") + setting.name;
        else
            text += fmt::format("        --{}) {}_offer {} && return ;;\n", setting.name,
                                function_name(options.program_name()), how);
    }
    text += fmt::format("        --config) {}_offer -f && return ;;\n", function_name(options.program_name()));
    if (!unknown.empty())
        text += "        " + unknown + ") return ;; # not completable\n";
    return text;
}

/// Returns the patterns of options with a value.
std::string takers(const Options& options) {
    std::string pattern = "--config";
    for (const auto& setting : options.declared())
        if (!setting.flag)
            pattern += " | --" + setting.name;
    return pattern;
}

/// Returns the case branches with each command's own options.
std::string own_options(const Options& options) {
    std::string text;
    for (const auto& command : options.declared_commands())
        if (!command.options.empty())
            text +=
                fmt::format("        {}) options+=' {}' ;;\n", command.name, dashed(own_settings(options, command)));
    return text.empty() ? "" : "    case $command in\n" + text + "    esac\n";
}

std::string command_names(const Options& options) {
    std::vector<std::string> names;
    for (const auto& command : options.declared_commands())
        names.push_back(command.name);
    return joined(names, " ");
}

constexpr auto script = R"(# bash completion of {program}: generated from its declared options.
{function}_offer() {{
    [[ $1 != -[df] ]] || compopt -o filenames 2>/dev/null || true
    mapfile -t COMPREPLY < <(compgen "$@" -- "$word")
}}
{function}() {{
    local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD - 1]}} command='' at
    local options='{common}'
    COMPREPLY=()
    # bash splits --option=value into three words.
    if [[ $word == = ]]; then
        word=
    elif [[ $before == = ]] && ((COMP_CWORD > 1)); then
        before=${{COMP_WORDS[COMP_CWORD - 2]}}
    fi
    case $before in
{values}    esac
    for ((at = 1; at < COMP_CWORD; ++at)); do
        case ${{COMP_WORDS[at]}} in
            {takers})
                [[ ${{COMP_WORDS[at + 1]}} != = ]] || ((++at))
                ((++at))
                ;;
            -*) ;;
            *) command=${{COMP_WORDS[at]}} && break ;;
        esac
    done
{own}    if [[ $word == -* ]]; then
        {function}_offer -W "$options"
    elif [[ ! $command ]]; then
        {function}_offer -W '{commands}'
    fi
}}
complete -F {function} {program}
)";

}  // namespace

std::string bash_completion(const Options& options) {
    auto common = dashed(common_settings(options));
    for (const auto& option : Options::fixed_options())
        common += std::string{" --"} + option.name;
    return fmt::format(script, fmt::arg("program", options.program_name()),
                       fmt::arg("function", function_name(options.program_name())), fmt::arg("common", common),
                       fmt::arg("values", values(options)), fmt::arg("takers", takers(options)),
                       fmt::arg("own", own_options(options)), fmt::arg("commands", command_names(options)));
}

}  // namespace revenant::manual
