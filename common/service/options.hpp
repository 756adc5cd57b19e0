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

/// The settings of one program, in order of precedence from the command line, the environment, the configuration file
/// and defaults. The setting `run-dir` of program `gadget` is --run-dir, REVENANT_GADGET_RUN_DIR and `run-dir = ...` in
/// /etc/revenant/gadget.conf (--config names another file, which must exist). Unknown keys are errors everywhere.
class Options {
public:
    /// `program` is the short name: registrar, gadget, liveness, host.
    Options(std::string program, std::string summary);

    /// Declares a setting with a value.
    Options& add(const std::string& name, const std::string& default_value, const std::string& help);
    /// Declares a boolean setting (`--name`, `name = true`), off by default.
    Options& add_flag(const std::string& name, const std::string& help);
    /// Declares log-level and log-file for start_logging().
    Options& add_log_settings();
    /// Sets the accepted values of the setting added last, besides its default. Other values are rejected.
    Options& choices(std::vector<std::string> values);
    /// Sets the kind of name of the setting added last.
    Options& hint(ValueHint what);
    /// Sets the description of a user-dependent default, for the setting added last.
    Options& default_rule(const std::string& rule);
    /// Accepts operands on the command line (commands and their operands), returned by words().
    Options& operands(const std::string& synopsis);
    /// Describes the commands in the help; the program itself checks the first operand. `heading`: title of the list.
    Options& commands(const std::string& heading, std::vector<Command> commands);
    /// Declares aliases of commands and options; they apply to the command line only.
    Options& aliases(std::vector<Alias> aliases);
    /// Sets exit codes that differ from those of the device programs.
    Options& exit_codes(std::vector<ExitCode> codes);
    /// Sets a sentence that --help prints after its lists.
    Options& epilog(const std::string& sentence);

    /// `environment` has the format of environ(7). Throws UsageError. Returns true to continue; false if --help,
    /// --version or --print-config was answered on standard output and the program should exit.
    bool parse(int argc, const char* const* argv, const char* const* environment);

    /// Parses the same command line and environment again with the current configuration file. Throws UsageError.
    [[nodiscard]] Options read_again() const;

    [[nodiscard]] std::string text(const std::string& name) const;
    [[nodiscard]] bool flag(const std::string& name) const;
    /// Returns an integer from `least` to `most`. Throws UsageError naming the setting, its origin and the range.
    [[nodiscard]] std::int64_t number(const std::string& name, std::int64_t least, std::int64_t most) const;
    [[nodiscard]] const std::vector<std::string>& words() const { return words_; }
    /// "command line", "environment", "/etc/revenant/gadget.conf" or "default".
    [[nodiscard]] std::string origin(const std::string& name) const;

    [[nodiscard]] const std::string& summary() const { return summary_; }
    /// The declared settings, in order of declaration.
    [[nodiscard]] const std::vector<Setting>& declared() const { return declared_; }
    [[nodiscard]] const std::vector<Command>& declared_commands() const { return commands_; }
    [[nodiscard]] const std::vector<Alias>& declared_synonyms() const { return aliases_; }
    [[nodiscard]] const std::vector<ExitCode>& declared_exit_codes() const { return exit_codes_; }
    /// The options of every program, such as --help.
    [[nodiscard]] static const std::vector<FixedOption>& fixed_options();
    /// revenant, revenant-gadget
    [[nodiscard]] std::string program_name() const;
    /// run-dir → REVENANT_GADGET_RUN_DIR
    [[nodiscard]] std::string variable_of(const std::string& name) const;
    /// /etc/revenant/gadget.conf
    [[nodiscard]] std::string file() const { return "/etc/revenant/" + program_ + ".conf"; }

private:
    using Parsed = boost::program_options::parsed_options;
    void take_command_line(int argc, const char* const* argv);
    void take(const Parsed& parsed, const std::string& origin);
    [[nodiscard]] std::vector<std::string> spelled_out(int argc, const char* const* argv) const;
    [[nodiscard]] Parsed parse_environment(const char* const* environment) const;
    void read_file(const std::filesystem::path& file, bool must_exist);
    void check_choices() const;
    [[nodiscard]] std::string help() const;
    [[nodiscard]] std::string effective() const;

    std::string program_, summary_, synopsis_, heading_, epilog_;
    std::vector<Setting> declared_;
    std::vector<Command> commands_;
    std::vector<Alias> aliases_;
    std::vector<ExitCode> exit_codes_;
    boost::program_options::options_description settings_{"Settings (also in the configuration file)"};
    boost::program_options::options_description others_{"Other options"};
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
