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
    /// Lets words stand without a dash on the command line (verbs and their operands); they end up in words().
    Options& take_words(const std::string& synopsis);

    /// `environment` is the process's, as in environ(7). Throws UsageError. True: go on; false: --help, --version or
    /// --print-config was answered on standard output and the program should end.
    bool parse(int argc, const char* const* argv, const char* const* environment);

    [[nodiscard]] std::string text(const std::string& name) const;
    [[nodiscard]] bool flag(const std::string& name) const;
    /// A whole number from `least` to `most`; throws UsageError naming the setting, its origin and the range.
    [[nodiscard]] std::int64_t number(const std::string& name, std::int64_t least, std::int64_t most) const;
    [[nodiscard]] const std::vector<std::string>& words() const { return words_; }
    /// "command line", "environment", "/etc/revenant/gadget.conf" or "default".
    [[nodiscard]] std::string origin(const std::string& name) const;

private:
    using Parsed = boost::program_options::parsed_options;
    void take(const Parsed& parsed, const std::string& origin);
    [[nodiscard]] std::vector<std::string> spelled_out(int argc, const char* const* argv) const;
    [[nodiscard]] Parsed parse_environment(const char* const* environment) const;
    void read_file(const std::filesystem::path& file, bool must_exist);
    [[nodiscard]] std::string variable_of(const std::string& name) const;
    [[nodiscard]] std::string help() const;
    [[nodiscard]] std::string effective() const;

    std::string program_, summary_, synopsis_;
    boost::program_options::options_description settings_{"Settings (also in the configuration file)"};
    boost::program_options::options_description commands_{"Other options"};
    std::map<std::string, std::string> defaults_;
    std::set<std::string> flags_;
    boost::program_options::variables_map values_;
    std::map<std::string, std::string> origins_;
    std::vector<std::string> words_;
    bool takes_words_ = false;
};

/// Where sockets live if nothing else is said: /run/revenant for root, else $XDG_RUNTIME_DIR/revenant, else
/// /tmp/revenant-UID.
std::string default_run_directory();

}  // namespace revenant
