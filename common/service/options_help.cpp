#include <sstream>

#include <fmt/format.h>

#include "common/service/aliases.hpp"
#include "common/service/options.hpp"

/// Text of --help; the manual page has the same content in full.
namespace revenant {
namespace {

std::string list_of(const std::vector<Command>& commands) {
    std::string text;
    for (const auto& command : commands)
        text += fmt::format("  {}{}{}\n      {}\n", command.name, command.operands.empty() ? "" : " ", command.operands,
                            command.about);
    return text;
}

std::string list_of(const std::vector<ExitCode>& codes) {
    std::string text;
    for (const auto& exit : codes)
        text += fmt::format("  {:<5}{}\n", exit.code, exit.about);
    return text;
}

}  // namespace

std::string Options::help() const {
    std::ostringstream text;
    text << summary_ << "\n\nUsage: " << program_name() << " [options] " << synopsis_ << "\n\n";
    if (!commands_.empty())
        text << heading_ << ":\n" << list_of(commands_) << "\n";
    text << settings_ << "\n" << others_ << "\nExit codes:\n" << list_of(exit_codes_);
    text << fmt::format(
        "\nEach setting can also be given as the environment variable {}... or as a line `name = value` in {}.\n"
        "The command line overrides the environment, the environment overrides the file.\n",
        variable_of(""), file());
    if (!aliases_.empty())
        text << "Aliases: " << text_of(aliases_) << ".\n";
    if (!epilog_.empty())
        text << epilog_ << "\n";
    return text.str();
}

std::string Options::effective() const {
    std::string text;
    for (const auto& [name, ignored] : defaults_)
        text += fmt::format("{} = {}  # {}\n", name, this->text(name), origin(name));
    return text;
}

}  // namespace revenant
