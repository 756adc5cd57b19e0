#pragma once

#include <string>
#include <vector>

/// Declarations of a program's command line. --help, the manual page and the completions are generated from them.
namespace revenant {

/// The kind of name that a setting's value is.
enum class ValueHint { nothing, file, directory, user, group };

struct Setting {
    std::string name, default_value, help;
    bool flag = false;
    std::vector<std::string> choices{};  ///< all accepted values besides the default; empty: any
    ValueHint hint = ValueHint::nothing;
    std::string default_rule{};  ///< description of the default where it depends on the user
};

/// A command: the first operand after the program's name.
struct Command {
    std::string name, operands, about;
    std::vector<std::string> options{};  ///< settings that only few commands accept, including this one
};

/// An alias: "advanced set-level" for the command "set-level", "--device" or "-d" for the option "--serial".
struct Alias {
    std::string words, means;
};

/// An option that makes the program exit or concerns the settings themselves, and so is not a setting.
struct FixedOption {
    const char* name;
    const char* value;  ///< name of its value; empty: none
    const char* help;
};

struct ExitCode {
    int code;
    std::string about;
};

}  // namespace revenant
