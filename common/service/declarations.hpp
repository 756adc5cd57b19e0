#pragma once

#include <string>
#include <vector>

/// What a person can say to a program. Declared once: --help, the manual page and the completions are made from it.
namespace revenant {

/// What a setting's value is the name of.
enum class ValueHint { nothing, file, directory, user, group };

struct Setting {
    std::string name, default_value, help;
    bool flag = false;
    std::vector<std::string> choices{};  ///< all that it can be, beside its default; empty: no such list
    ValueHint hint = ValueHint::nothing;
    std::string default_rule{};  ///< where the default differs between users: the rule, in words
};

/// What can be typed after the program's name.
struct Command {
    std::string name, operands, about;
    std::vector<std::string> options{};  ///< names of the settings that go with few commands, this one among them
};

/// What else is understood: "advanced set-level" for the command "set-level", "--device" or "-d" for the option
/// "--serial".
struct Alias {
    std::string words, means;
};

/// An option that ends the program, or is about settings and so can be none.
struct FixedOption {
    const char* name;
    const char* value;  ///< what it takes; empty: nothing
    const char* help;
};

struct ExitCode {
    int code;
    std::string about;
};

}  // namespace revenant
