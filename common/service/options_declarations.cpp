#include <algorithm>
#include <cstdlib>

#include <boost/program_options/value_semantic.hpp>
#include <fmt/format.h>

#include "common/service/options.hpp"
#include "common/service/run.hpp"

/// What a program declares about its command line.
namespace revenant {
namespace {

/// run-dir → RUN_DIR
std::string upper(std::string name) {
    for (auto& letter : name)
        letter = letter == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
    return name;
}

}  // namespace

Options::Options(std::string name, std::string summary)
    : name_{std::move(name)},
      summary_{std::move(summary)},
      program_{"revenant-" + name_},
      prefix_{"REVENANT_" + upper(name_) + "_"},
      exit_codes_{{EXIT_SUCCESS, "success, or terminated on request"},
                  {exit_failed, "startup or runtime failure: see the last line on standard error"},
                  {exit_usage, "invalid option, environment variable or configuration file"}} {
    add_option(flag_option("help", "show this help and exit; after a command: the help of that command"));
    add_option(flag_option("version", "show the version and exit"));
    add_option(flag_option("print-config", "show the effective settings with their origins and exit"));
    add_option(
        {.name = "config", .help = "read this configuration file instead of " + file(), .hint = ValueHint::file});
}

Options& Options::named(std::string program, std::string prefix, std::vector<std::string> others) {
    program_ = std::move(program);
    prefix_ = std::move(prefix);
    other_prefixes_ = std::move(others);
    return *this;
}

/// Makes the name known to the parsers; the first declaration of a name counts.
void Options::accept(const Option& option) {
    if (!defaults_.emplace(option.name, option.default_value).second)
        return;
    auto* value = boost::program_options::value<std::string>();
    if (option.flag) {
        value->implicit_value("true");
        flags_.insert(option.name);
    }
    accepted_.add_options()(option.name.c_str(), value);
}

Options& Options::add(const std::string& name, const std::string& default_value, const std::string& help) {
    settings_.push_back({name, default_value, help});
    accept(settings_.back());
    return *this;
}

Options& Options::add_flag(const std::string& name, const std::string& help) {
    settings_.push_back(flag_option(name, help));
    accept(settings_.back());
    return *this;
}

Options& Options::add_option(Option option) {
    accept(option);
    options_.push_back(std::move(option));
    return *this;
}

Options& Options::add_log_settings() {
    add("log-level", "info", "lowest level to log")
        .choices({"trace", "debug", "info", "warning", "error", "critical", "off"});
    return add("log-file", "", "also log to this file (rotated, three files of 1 MiB)").hint(ValueHint::file);
}

Options& Options::choices(std::vector<std::string> values) {
    settings_.back().choices = std::move(values);
    return *this;
}

Options& Options::hint(ValueHint what) {
    settings_.back().hint = what;
    return *this;
}

Options& Options::default_rule(const std::string& rule) {
    settings_.back().default_rule = rule;
    return *this;
}

Options& Options::operands(const std::string& synopsis) {
    takes_words_ = true;
    synopsis_ = synopsis;
    return *this;
}

Options& Options::commands(std::vector<CommandDeclaration> commands) {
    commands_ = std::move(commands);
    for (const auto& command : commands_)
        for (const auto* list : {&command.settings, &command.options})
            std::for_each(list->begin(), list->end(), [this](const Option& option) { accept(option); });
    return *this;
}

Options& Options::aliases(std::vector<Alias> aliases) {
    aliases_ = std::move(aliases);
    return *this;
}

Options& Options::exit_codes(std::vector<ExitCode> codes) {
    exit_codes_ = std::move(codes);
    return *this;
}

Options& Options::epilog(const std::string& sentence) {
    epilog_ = sentence;
    return *this;
}

std::string Options::variable_of(const std::string& name) const {
    return prefix_ + upper(name);
}

std::string Options::usage(const CommandDeclaration& command) const {
    return fmt::format("{} {}{}{}", program_, command.name, command.operands.empty() ? "" : " ", command.operands);
}

std::vector<Option> Options::all_settings() const {
    auto all = settings_;
    for (const auto& command : commands_)
        all.insert(all.end(), command.settings.begin(), command.settings.end());
    return all;
}

}  // namespace revenant
