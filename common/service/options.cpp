#include "common/service/options.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <iostream>
#include <string_view>

#include <boost/program_options/parsers.hpp>
#include <boost/program_options/positional_options.hpp>
#include <boost/program_options/value_semantic.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "common/core/version.hpp"
#include "common/core/visible.hpp"
#include "common/service/aliases.hpp"
#include "common/service/run.hpp"
#include "common/service/settings_file.hpp"

namespace revenant {
namespace {

namespace po = boost::program_options;
constexpr auto words_key = "words";
constexpr std::array other_programs{"GADGET", "REGISTRAR", "LIVENESS", "MONITOR"};

/// run-dir → RUN_DIR
std::string upper(std::string name) {
    for (auto& letter : name)
        letter = letter == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
    return name;
}

/// RUN_DIR → run-dir
std::string lower(std::string name) {
    for (auto& letter : name)
        letter = letter == '_' ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    return name;
}

/// Returns Boost's message. Boost's what() expands each %placeholder% with user input until none is left, which never
/// ends if the input is itself a placeholder. No setting has a '%', so such input is rejected without calling what().
std::string sentence_of(const po::error& error) {
    std::string given;
    if (const auto* syntax = dynamic_cast<const po::invalid_syntax*>(&error))
        given = syntax->tokens();
    else if (const auto* named = dynamic_cast<const po::error_with_option_name*>(&error))
        given = named->get_option_name();
    if (given.find('%') == std::string::npos)
        return visible(error.what());
    return fmt::format("'{}' is neither an option nor a line 'NAME = VALUE' with a setting", visible(given));
}

/// usb or loopback
std::string either_of(const std::vector<std::string>& choices) {
    std::string text = choices.front();
    for (std::size_t at = 1; at < choices.size(); ++at)
        text += (at + 1 < choices.size() ? ", " : " or ") + choices[at];
    return text;
}

}  // namespace

Options::Options(std::string program, std::string summary)
    : program_{std::move(program)},
      summary_{std::move(summary)},
      exit_codes_{{EXIT_SUCCESS, "success, or terminated on request"},
                  {exit_failed, "startup or runtime failure: see the last line on standard error"},
                  {exit_usage, "invalid option, environment variable or configuration file"}} {
    for (const auto& option : fixed_options())
        if (*option.value == '\0')
            others_.add_options()(option.name, option.help);
        else
            others_.add_options()(option.name, po::value<std::string>(), option.help);
}

const std::vector<FixedOption>& Options::fixed_options() {
    static const std::vector<FixedOption> options{
        {"help", "", "show this help and exit"},
        {"version", "", "show the version and exit"},
        {"print-config", "", "show the effective settings with their origins and exit"},
        {"config", "file", "read this configuration file instead of the one in /etc/revenant"},
    };
    return options;
}

Options& Options::add(const std::string& name, const std::string& default_value, const std::string& help) {
    declared_.push_back({name, default_value, help});
    defaults_[name] = default_value;
    settings_.add_options()(name.c_str(), po::value<std::string>(),
                            (help + (default_value.empty() ? "" : " [" + default_value + "]")).c_str());
    return *this;
}

Options& Options::add_flag(const std::string& name, const std::string& help) {
    declared_.push_back({name, "false", help, true});
    defaults_[name] = "false";
    flags_.insert(name);
    // A blank value name, since --help would show "arg".
    settings_.add_options()(name.c_str(), po::value<std::string>()->implicit_value("true", "")->value_name(" "),
                            help.c_str());
    return *this;
}

Options& Options::add_log_settings() {
    add("log-level", "info", "lowest level to log: trace, debug, info, warning, error, critical or off")
        .choices({"trace", "debug", "info", "warning", "error", "critical", "off"});
    return add("log-file", "", "also log to this file (rotated, three files of 1 MiB)").hint(ValueHint::file);
}

Options& Options::choices(std::vector<std::string> values) {
    declared_.back().choices = std::move(values);
    return *this;
}

Options& Options::hint(ValueHint what) {
    declared_.back().hint = what;
    return *this;
}

Options& Options::default_rule(const std::string& rule) {
    declared_.back().default_rule = rule;
    return *this;
}

Options& Options::operands(const std::string& synopsis) {
    takes_words_ = true;
    synopsis_ = synopsis;
    return *this;
}

Options& Options::commands(const std::string& heading, std::vector<Command> commands) {
    heading_ = heading;
    commands_ = std::move(commands);
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

std::string Options::program_name() const {
    return program_ == "host" ? "revenant" : "revenant-" + program_;
}

/// The variables of `revenant` do not contain a program name.
std::string Options::variable_of(const std::string& name) const {
    return program_ == "host" ? "REVENANT_" + upper(name) : "REVENANT_" + upper(program_) + "_" + upper(name);
}

bool Options::parse(int argc, const char* const* argv, const char* const* environment) {
    arguments_.assign(argv, argv + argc);
    environment_.clear();
    for (const auto* entry = environment; *entry != nullptr; ++entry)
        if (std::string_view{*entry}.starts_with(variable_of("")))
            environment_.emplace_back(*entry);
    try {
        take_command_line(argc, argv);
    } catch (const po::error& error) {
        throw UsageError{fmt::format("{}; --help lists the options", sentence_of(error))};
    }
    if (values_.count("help") != 0) {
        std::cout << help();
        return false;
    }
    if (values_.count("version") != 0) {
        std::cout << fmt::format("revenant {} ({})\n", version, build_date());
        return false;
    }
    if (values_.count(words_key) != 0)
        words_ = resolve_aliases(values_[words_key].as<std::vector<std::string>>(), aliases_);
    try {
        take(parse_environment(environment), "environment");
    } catch (const po::error& error) {  // a variable that is set twice, possibly in different case
        throw UsageError{fmt::format("the environment: {}; --help lists the settings", sentence_of(error))};
    }
    const bool named = values_.count("config") != 0;
    read_file(named ? values_["config"].as<std::string>() : file(), named);
    if (values_.count("print-config") != 0) {
        std::cout << effective();
        return false;
    }
    check_choices();
    return true;
}

Options Options::read_again() const {
    const auto pointers = [](const std::vector<std::string>& texts) {
        std::vector<const char*> all;
        for (const auto& text : texts)
            all.push_back(text.c_str());
        all.push_back(nullptr);
        return all;
    };
    auto again = *this;
    again.values_.clear();
    again.origins_.clear();
    again.words_.clear();
    again.parse(static_cast<int>(arguments_.size()), pointers(arguments_).data(), pointers(environment_).data());
    return again;
}

/// Parses the command line and replaces aliases by the options' own names.
void Options::take_command_line(int argc, const char* const* argv) {
    po::options_description accepted, hidden;
    po::positional_options_description positions;
    if (takes_words_) {
        hidden.add_options()(words_key, po::value<std::vector<std::string>>());
        positions.add(words_key, -1);
    }
    for (const auto& alias : aliases_)
        if (alias.words.starts_with("--"))
            hidden.add_options()(alias.words.c_str() + 2, po::value<std::string>());
        else if (alias.words.starts_with('-'))
            hidden.add_options()(("," + alias.words.substr(1)).c_str(), po::value<std::string>());
    accepted.add(settings_).add(others_).add(hidden);
    const auto style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
    auto parsed =
        po::command_line_parser{spelled_out(argc, argv)}.options(accepted).positional(positions).style(style).run();
    for (auto& option : parsed.options)
        option.string_key = resolve_option(option.string_key, aliases_);
    take(parsed, "command line");
}

/// Returns the arguments without the program name. Appends "=true" to flags, since a flag would take the next argument
/// as its value.
std::vector<std::string> Options::spelled_out(int argc, const char* const* argv) const {
    std::vector<std::string> arguments{argv + std::min(argc, 1), argv + argc};
    for (auto& argument : arguments) {
        if (argument == "--")
            break;
        if (argument.rfind("--", 0) == 0 && flags_.count(argument.substr(2)) != 0)
            argument += "=true";
    }
    return arguments;
}

void Options::take(const Parsed& parsed, const std::string& origin) {
    po::store(parsed, values_);  // keeps values that are already stored
    for (const auto& option : parsed.options)
        origins_.emplace(option.string_key, origin);
}

Options::Parsed Options::parse_environment(const char* const* environment) const {
    Parsed parsed{&settings_};
    const auto prefix = variable_of("");
    for (; *environment != nullptr; ++environment) {
        const std::string_view entry{*environment};
        if (entry.substr(0, prefix.size()) != prefix)
            continue;
        const auto equals = entry.find('=');
        if (equals == entry.npos)
            continue;  // not a variable, although execve(2) passes it on
        const auto key = std::string{entry.substr(prefix.size(), equals - prefix.size())};
        const auto belongs_to = [&key](const std::string& other) { return key.rfind(other + "_", 0) == 0; };
        if (program_ == "host" && std::any_of(other_programs.begin(), other_programs.end(), belongs_to))
            continue;
        const auto name = lower(key);
        if (defaults_.count(name) == 0)
            throw UsageError{fmt::format("unknown environment variable {}{}: unset it; --help lists the settings",
                                         prefix, visible(key))};
        parsed.options.emplace_back(name, std::vector<std::string>{std::string{entry.substr(equals + 1)}});
    }
    return parsed;
}

void Options::read_file(const std::filesystem::path& file, bool must_exist) {
    Parsed parsed{&settings_};
    for (const auto& line : read_settings_file(file, must_exist)) {
        if (settings_.find_nothrow(line.name, false) == nullptr)
            throw UsageError{
                fmt::format("configuration file '{}', line {}: unrecognised option '{}'; --help lists the settings",
                            file.string(), line.number, visible(line.name))};
        parsed.options.emplace_back(line.name, std::vector<std::string>{line.value});
    }
    try {
        take(parsed, file.string());
    } catch (const po::error& error) {  // a setting that is set twice
        throw UsageError{
            fmt::format("configuration file '{}': {}; --help lists the settings", file.string(), sentence_of(error))};
    }
}

void Options::check_choices() const {
    for (const auto& setting : declared_) {
        const auto value = text(setting.name);
        if (setting.choices.empty() || value == setting.default_value ||
            std::find(setting.choices.begin(), setting.choices.end(), value) != setting.choices.end())
            continue;
        throw UsageError{fmt::format("the setting {} is '{}' ({}): expected {}", setting.name, visible(value),
                                     origin(setting.name), either_of(setting.choices))};
    }
}

std::string Options::text(const std::string& name) const {
    return values_.count(name) != 0 ? values_[name].as<std::string>() : defaults_.at(name);
}

bool Options::flag(const std::string& name) const {
    const auto value = text(name);
    if (value == "true" || value == "yes" || value == "on" || value == "1")
        return true;
    if (value == "false" || value == "no" || value == "off" || value == "0")
        return false;
    throw UsageError{
        fmt::format("the setting {} is '{}' ({}): expected true or false", name, visible(value), origin(name))};
}

std::int64_t Options::number(const std::string& name, std::int64_t least, std::int64_t most) const {
    const auto value = text(name);
    std::int64_t number = 0;
    const auto [end, failed] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (failed != std::errc{} || end != value.data() + value.size() || number < least || number > most)
        throw UsageError{fmt::format("the setting {} is '{}' ({}): expected an integer from {} to {}", name,
                                     visible(value), origin(name), least, most)};
    return number;
}

std::string Options::origin(const std::string& name) const {
    const auto found = origins_.find(name);
    return found != origins_.end() ? found->second : "default";
}

std::string default_run_directory() {
    if (::geteuid() == 0)
        return "/run/revenant";
    const char* const runtime = std::getenv("XDG_RUNTIME_DIR");
    return runtime != nullptr && *runtime != '\0' ? std::string{runtime} + "/revenant"
                                                  : fmt::format("/tmp/revenant-{}", ::geteuid());
}

}  // namespace revenant
