#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include <boost/program_options/options_description.hpp>
#include <boost/program_options/parsers.hpp>
#include <boost/program_options/variables_map.hpp>

#include "common/service/declarations.hpp"

namespace revenant {

/// An option, an environment variable or the configuration file is invalid; what() is a user-readable message.
class UsageError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Standard output took only a part of the text, as on a full disk.
class OutputError : public std::runtime_error {
public:
    OutputError() : std::runtime_error{"cannot write to standard output: check where it goes"} {}
};

/// The command line and the settings of one program, in order of precedence from the command line, the environment, the
/// configuration file and defaults. The setting `run-dir` of program `gadget` is --run-dir, REVENANT_GADGET_RUN_DIR and
/// `run-dir = ...` in /etc/revenant/gadget.conf (--config names another file, which must exist). Unknown keys are
/// errors everywhere.
class Options {
public:
    /// `name`: the program's configuration file is /etc/revenant/NAME.conf. Unless named() says otherwise the program
    /// is revenant-NAME, and its environment variables begin with REVENANT_NAME_.
    Options(std::string name, std::string summary);

    /// Sets the program's name and the prefix of its environment variables. `others`: longer prefixes, of the variables
    /// of other programs, which are ignored.
    Options& named(std::string program, std::string prefix, std::vector<std::string> others);
    /// Declares a setting with a value.
    Options& add(const std::string& name, const std::string& default_value, const std::string& help);
    /// Declares a boolean setting (`--name`, `name = true`), off by default.
    Options& add_flag(const std::string& name, const std::string& help);
    /// Declares log-level and log-file for start_logging().
    Options& add_log_settings();
    /// Declares an option of the command line that is not a setting.
    Options& add_option(Option option);
    /// Sets the accepted values of the setting added last, besides its default. Other values are rejected.
    Options& choices(std::vector<std::string> values);
    /// Sets the kind of name of the setting added last.
    Options& hint(ValueHint what);
    /// Sets the description of a user-dependent default, for the setting added last.
    Options& default_rule(const std::string& rule);
    /// Accepts operands on the command line (commands and their operands), returned by words().
    Options& operands(const std::string& synopsis);
    /// Declares the commands. The program itself checks the first operand; an option that belongs to other commands is
    /// rejected here.
    Options& commands(std::vector<CommandDeclaration> commands);
    /// Declares aliases of commands and options; they apply to the command line only.
    Options& aliases(std::vector<Alias> aliases);
    /// Sets exit codes that differ from those of the device programs.
    Options& exit_codes(std::vector<ExitCode> codes);
    /// Sets a sentence that --help prints after its lists.
    Options& epilog(const std::string& sentence);

    /// `environment` has the format of environ(7). Throws UsageError. Returns true to continue; false if --help,
    /// --version or --print-config was answered on standard output and the program should exit; throws OutputError if
    /// the answer could not be written.
    bool parse(int argc, const char* const* argv, const char* const* environment);

    /// Parses the same command line and environment again with the current configuration file. Throws UsageError.
    [[nodiscard]] Options read_again() const;

    /// The value of a setting or an option. Options of commands other than the given one have their defaults.
    [[nodiscard]] std::string text(const std::string& name) const;
    [[nodiscard]] bool flag(const std::string& name) const;
    /// Returns an integer from `least` to `most`. Throws UsageError naming the option, its value and the range.
    [[nodiscard]] std::int64_t number(const std::string& name, std::int64_t least, std::int64_t most) const;
    [[nodiscard]] const std::vector<std::string>& words() const { return words_; }
    /// "command line", "environment", "/etc/revenant/gadget.conf" or "default".
    [[nodiscard]] std::string origin(const std::string& name) const;

    [[nodiscard]] const std::string& summary() const { return summary_; }
    /// The settings that belong to no command, in order of declaration.
    [[nodiscard]] const std::vector<Option>& declared_settings() const { return settings_; }
    /// The other options that belong to no command, such as --help.
    [[nodiscard]] const std::vector<Option>& declared_options() const { return options_; }
    [[nodiscard]] const std::vector<CommandDeclaration>& declared_commands() const { return commands_; }
    [[nodiscard]] const std::vector<Alias>& declared_aliases() const { return aliases_; }
    [[nodiscard]] const std::vector<ExitCode>& declared_exit_codes() const { return exit_codes_; }
    /// All settings, those of commands included.
    [[nodiscard]] std::vector<Option> all_settings() const;
    /// revenant-gadget
    [[nodiscard]] const std::string& program_name() const { return program_; }
    /// "revenant set-level ID LEVEL"
    [[nodiscard]] std::string usage(const CommandDeclaration& command) const;
    /// run-dir → REVENANT_GADGET_RUN_DIR
    [[nodiscard]] std::string variable_of(const std::string& name) const;
    /// /etc/revenant/gadget.conf
    [[nodiscard]] std::string file() const { return "/etc/revenant/" + name_ + ".conf"; }

private:
    using Parsed = boost::program_options::parsed_options;
    void take_command_line(int argc, const char* const* argv);
    void take(const Parsed& parsed, const std::string& origin);
    [[nodiscard]] std::vector<std::string> spelled_out(int argc, const char* const* argv) const;
    [[nodiscard]] Parsed parse_environment(const char* const* environment) const;
    void read_file(const std::filesystem::path& file, bool must_exist);
    void accept(const Option& option);
    void take_command();
    [[nodiscard]] const CommandDeclaration* command() const;
    [[nodiscard]] bool is_setting(const std::string& name) const;
    void require_setting(const std::string& name, const std::string& where) const;
    void check_choices(const std::vector<Option>& options) const;
    [[nodiscard]] std::string given(const std::string& name) const;
    [[nodiscard]] std::string help() const;
    [[nodiscard]] std::string help(const CommandDeclaration& command) const;
    [[nodiscard]] std::string effective() const;

    std::string name_, summary_, program_, prefix_, synopsis_, epilog_;
    std::vector<std::string> other_prefixes_;
    std::vector<Option> settings_, options_;
    std::vector<CommandDeclaration> commands_;
    std::vector<Alias> aliases_;
    std::vector<ExitCode> exit_codes_;
    boost::program_options::options_description accepted_;  // the names of all settings and options
    std::map<std::string, std::string> defaults_;
    std::set<std::string> flags_;
    boost::program_options::variables_map values_;
    std::map<std::string, std::string> origins_;
    std::vector<std::string> words_;
    bool takes_words_ = false;
    std::vector<std::string> arguments_, environment_;  // as given to parse(), without foreign variables
};

/// Default directory of the sockets: /run/revenant for root, else $XDG_RUNTIME_DIR/revenant, else /tmp/revenant-UID.
std::string default_run_directory();
constexpr auto run_directory_rule = "/run/revenant for root, else $XDG_RUNTIME_DIR/revenant, else /tmp/revenant-UID";

}  // namespace revenant
