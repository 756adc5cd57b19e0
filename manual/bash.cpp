#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "manual/completions.hpp"

namespace revenant::manual {
namespace {

std::string dashed(const std::vector<Option>& options) {
    std::string words;
    for (const auto& option : options)
        words += (words.empty() ? "--" : " --") + option.name;
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

/// Returns compgen's arguments for the value of an option; empty if it cannot be completed.
std::string guesses(const Option& option) {
    switch (option.hint) {
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
    return option.choices.empty() ? "" : "-W '" + joined(option.choices, " ") + "'";
}

/// Returns the case branches for "COMMAND OPTION" where the value of the option is completed. `command`: its name, or
/// '*'.
std::string values(const std::vector<Option>& list, const std::string& command, const std::string& function) {
    std::string text;
    for (const auto& option : list) {
        if (option.flag)
            continue;
        const auto how = guesses(option);
        text += fmt::format("        {}' --{}') {}return ;;\n", command, option.name,
                            how.empty() ? "" : fmt::format("{}_offer {} && ", function, how));
    }
    return text;
}

std::string values(const Options& options) {
    const auto function = function_name(options.program_name());
    auto text = values(common_options(options), "*", function);
    for (const auto& command : options.declared_commands())
        text += values(own_options(command), command.name, function);
    return text;
}

/// Returns the patterns of options with a value.
std::string takers(const Options& options) {
    auto all = common_options(options);
    for (const auto& command : options.declared_commands())
        for (auto& option : own_options(command))
            all.push_back(std::move(option));
    std::set<std::string> names;
    for (const auto& option : all)
        if (!option.flag)
            names.insert("--" + option.name);
    return joined({names.begin(), names.end()}, " | ");
}

/// Returns the case branches with each command's own options.
std::string own_branches(const Options& options) {
    std::string text;
    for (const auto& command : options.declared_commands())
        if (const auto own = own_options(command); !own.empty())
            text += fmt::format("        {}) options+=' {}' ;;\n", command.name, dashed(own));
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
    case "$command $before" in
{values}    esac
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
    return fmt::format(script, fmt::arg("program", options.program_name()),
                       fmt::arg("function", function_name(options.program_name())),
                       fmt::arg("common", dashed(common_options(options))), fmt::arg("values", values(options)),
                       fmt::arg("takers", takers(options)), fmt::arg("own", own_branches(options)),
                       fmt::arg("commands", command_names(options)));
}

}  // namespace revenant::manual
