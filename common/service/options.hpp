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

/// An option, an environment variable or the configuration file is wrong; what() is a sentence for a person.
class UsageError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// One program's settings, from (first wins) the command line, the environment, the configuration file and defaults.
/// Setting `run-dir` of program `gadget` is --run-dir, REVENANT_GADGET_RUN_DIR and `run-dir = …` in
/// /etc/revenant/gadget.conf (--config names another file, which must then exist). An unknown key is an error anywhere.
class Options {
public:
    /// `program` is the short name: registrar, gadget, liveness, host.
    Options(std::string program, std::string summary);

    /// Declares a setting that takes a value.
    Options& add(const std::string& name, const std::string& default_value, const std::string& help);
    /// Declares a setting that is on or off (`--name`, `name = true`); off by default.
    Options& add_flag(const std::string& name, const std::string& help);
    /// Declares log-level and log-file, as start_logging() takes them.
    Options& add_log_settings();
    /// Of the setting that was added last: all values that it can have, beside its default. Others are refused.
    Options& choices(std::vector<std::string> values);
    /// Of the setting that was added last: what it is the name of.
    Options& hint(ValueHint what);
    /// Of the setting that was added last: the rule that its default follows, which is not the same for every user.
    Options& default_rule(const std::string& rule);
    /// Lets words stand without a dash on the command line (verbs and their operands); they end up in words().
    Options& operands(const std::string& synopsis);
    /// What the first word can be, for a person; the program itself checks it. `heading`: what these are called.
    Options& commands(const std::string& heading, std::vector<Command> commands);
    /// Words of others that mean a command or an option of this program; on the command line only.
    Options& aliases(std::vector<Alias> aliases);
    /// Exit codes, where they are not those of the device programs.
    Options& exit_codes(std::vector<ExitCode> codes);
    /// A sentence that --help has below its lists.
    Options& epilog(const std::string& sentence);

    /// `environment` is the process's, as in environ(7). Throws UsageError. True: go on; false: --help, --version or
    /// --print-config was answered on standard output and the program should end.
    bool parse(int argc, const char* const* argv, const char* const* environment);

    /// The same command line and environment over what the configuration file says now. Throws UsageError.
    [[nodiscard]] Options read_again() const;

    [[nodiscard]] std::string text(const std::string& name) const;
    [[nodiscard]] bool flag(const std::string& name) const;
    /// A whole number from `least` to `most`; throws UsageError naming the setting, its origin and the range.
    [[nodiscard]] std::int64_t number(const std::string& name, std::int64_t least, std::int64_t most) const;
    [[nodiscard]] const std::vector<std::string>& words() const { return words_; }
    /// "command line", "environment", "/etc/revenant/gadget.conf" or "default".
    [[nodiscard]] std::string origin(const std::string& name) const;

    [[nodiscard]] const std::string& summary() const { return summary_; }
    /// What was declared, in that order.
    [[nodiscard]] const std::vector<Setting>& declared() const { return declared_; }
    [[nodiscard]] const std::vector<Command>& declared_commands() const { return commands_; }
    [[nodiscard]] const std::vector<Alias>& declared_synonyms() const { return aliases_; }
    [[nodiscard]] const std::vector<ExitCode>& declared_exit_codes() const { return exit_codes_; }
    /// What every program takes: --help and its like.
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
    std::vector<std::string> arguments_, environment_;  // as parse() got them; of the environment what is about us
};

/// Where sockets live if nothing else is said: /run/revenant for root, else $XDG_RUNTIME_DIR/revenant, else
/// /tmp/revenant-UID.
std::string default_run_directory();
constexpr auto run_directory_rule = "/run/revenant for root, else $XDG_RUNTIME_DIR/revenant, else /tmp/revenant-UID";

}  // namespace revenant
