#include "common/service/options.hpp"

#include <algorithm>
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
#include "common/service/settings_file.hpp"

namespace revenant {
namespace {

namespace po = boost::program_options;
constexpr auto words_key = "words";

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

bool has(const std::vector<Option>& options, const std::string& name) {
    return std::any_of(options.begin(), options.end(), [&name](const Option& option) { return option.name == name; });
}

/// Throws OutputError.
void print(const std::string& text) {
    std::cout << text << std::flush;
    if (!std::cout)
        throw OutputError{};
}

}  // namespace

bool Options::is_setting(const std::string& name) const {
    return has(all_settings(), name);
}

const CommandDeclaration* Options::command() const {
    const auto found = std::find_if(commands_.begin(), commands_.end(), [this](const CommandDeclaration& command) {
        return !words_.empty() && command.name == words_.front();
    });
    return found != commands_.end() ? &*found : nullptr;
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
    if (values_.count(words_key) != 0)
        words_ = resolve_aliases(values_[words_key].as<std::vector<std::string>>(), aliases_);
    if (flag("help")) {
        print(command() != nullptr ? help(*command()) : help());
        return false;
    }
    if (flag("version")) {
        print(fmt::format("revenant {} ({})\n", version, build_date()));
        return false;
    }
    take_command();
    try {
        take(parse_environment(environment), "environment");
    } catch (const po::error& error) {  // a variable that is set twice, possibly in different case
        throw UsageError{fmt::format("the environment: {}; --help lists the settings", sentence_of(error))};
    }
    const bool named = values_.count("config") != 0;
    read_file(named ? values_["config"].as<std::string>() : file(), named);
    if (flag("print-config")) {
        print(effective());
        return false;
    }
    check_choices(all_settings());
    if (command() != nullptr)
        check_choices(command()->options);
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
    accepted.add(accepted_).add(hidden);
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
    Parsed parsed{&accepted_};
    for (; *environment != nullptr; ++environment) {
        const std::string_view entry{*environment};
        if (!entry.starts_with(prefix_))
            continue;
        const auto equals = entry.find('=');
        if (equals == entry.npos)
            continue;  // not a variable, although execve(2) passes it on
        const auto begins = [&entry](const std::string& other) { return entry.starts_with(other); };
        if (std::any_of(other_prefixes_.begin(), other_prefixes_.end(), begins))
            continue;
        const auto variable = std::string{entry.substr(0, equals)};
        const auto name = lower(variable.substr(prefix_.size()));
        if (defaults_.count(name) == 0)
            throw UsageError{
                fmt::format("unknown environment variable {}: unset it; --help lists the settings", visible(variable))};
        require_setting(name, "environment variable " + variable);
        parsed.options.emplace_back(name, std::vector<std::string>{std::string{entry.substr(equals + 1)}});
    }
    return parsed;
}

void Options::read_file(const std::filesystem::path& file, bool must_exist) {
    Parsed parsed{&accepted_};
    for (const auto& line : read_settings_file(file, must_exist)) {
        if (accepted_.find_nothrow(line.name, false) == nullptr)
            throw UsageError{
                fmt::format("configuration file '{}', line {}: unrecognised option '{}'; --help lists the settings",
                            file.string(), line.number, visible(line.name))};
        require_setting(line.name, fmt::format("configuration file '{}', line {}", file.string(), line.number));
        parsed.options.emplace_back(line.name, std::vector<std::string>{line.value});
    }
    try {
        take(parsed, file.string());
    } catch (const po::error& error) {  // a setting that is set twice
        throw UsageError{
            fmt::format("configuration file '{}': {}; --help lists the settings", file.string(), sentence_of(error))};
    }
}

void Options::require_setting(const std::string& name, const std::string& where) const {
    if (!is_setting(name))
        throw UsageError{
            fmt::format("{}: '{}' is not a setting but an option: remove it there, and give --{} on the command line",
                        where, name, name)};
}

/// Takes the defaults of the given command's options. Throws UsageError for an option that belongs to other commands.
void Options::take_command() {
    if (command() == nullptr)
        return;
    for (const auto& option : command()->options)
        defaults_[option.name] = option.default_value;
    for (const auto& [name, origin] : origins_)
        if (name != words_key && !has(settings_, name) && !has(options_, name) && !has(command()->settings, name) &&
            !has(command()->options, name))
            throw UsageError{
                fmt::format("--{} does not go with {}: write '{}'", name, command()->name, usage(*command()))};
}

void Options::check_choices(const std::vector<Option>& options) const {
    for (const auto& option : options) {
        const auto value = text(option.name);
        if (!option.choices.empty() && value != option.default_value &&
            std::find(option.choices.begin(), option.choices.end(), value) == option.choices.end())
            throw UsageError{fmt::format("{}: expected {}", given(option.name), either_of(option.choices))};
    }
}

/// "the setting bus is 'can' (environment)", "--kind is 'tz9'"
std::string Options::given(const std::string& name) const {
    return is_setting(name) ? fmt::format("the setting {} is '{}' ({})", name, visible(text(name)), origin(name))
                            : fmt::format("--{} is '{}'", name, visible(text(name)));
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
    throw UsageError{fmt::format("{}: expected true or false", given(name))};
}

std::int64_t Options::number(const std::string& name, std::int64_t least, std::int64_t most) const {
    const auto value = text(name);
    std::int64_t number = 0;
    const auto [end, failed] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (failed != std::errc{} || end != value.data() + value.size() || number < least || number > most)
        throw UsageError{fmt::format("{}: expected an integer from {} to {}", given(name), least, most)};
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
