#pragma once

#include <string>
#include <vector>

/// Declarations of a program's command line. --help, the manual page and the completions are generated from them.
namespace revenant {

/// The kind of name that an option's value is.
enum class ValueHint { nothing, file, directory, user, group };

/// An option of the command line, or a setting: an option that is also an environment variable and a line in the
/// configuration file.
struct Option {
    std::string name, default_value{}, help{};
    bool flag = false;
    std::vector<std::string> choices{};  ///< all accepted values besides the default; empty: any
    ValueHint hint = ValueHint::nothing;
    std::string default_rule{};  ///< description of the default where it depends on the user
};

/// An option without a value, off by default.
inline Option flag_option(std::string name, std::string help) {
    return {std::move(name), "false", std::move(help), true};
}

/// The placeholder for an option's value: "file", "tz4|tz1"; empty for a flag.
std::string value_name(const Option& option);

/// A command (the first operand after the program's name) with what it alone accepts. Several commands may have an
/// option of one name: either all of these options are flags, or none is.
struct CommandDeclaration {
    std::string name, operands{}, about{};
    std::vector<Option> options{};  ///< on the command line only
    std::vector<Option> settings{};
    std::vector<std::string> examples{};
};

/// An alias: "advanced set-level" for the command "set-level", "--device" or "-d" for the option "--serial".
struct Alias {
    std::string words, means;
};

struct ExitCode {
    int code;
    std::string about;
};

}  // namespace revenant
