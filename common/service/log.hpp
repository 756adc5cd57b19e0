#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// Sets up the logger that common/core/log.hpp uses.
namespace revenant {

/// Log settings of a program.
struct LogSettings {
    std::string level = "info";     ///< trace, debug, info, warning, error, critical, off
    std::filesystem::path file{};   ///< rotating log file in addition to standard error; empty: none
    std::size_t kept_lines = 1000;  ///< number of newest lines kept in memory; 0: none
};

/// Recent log lines, for the logs request. One per program; thread-safe.
class LogTail {
public:
    /// Returns the newest `limit` lines, oldest first: from the log file if there is one, so that they survive a
    /// restart, else from memory. Returns nothing if the file cannot be read.
    [[nodiscard]] std::optional<std::vector<std::string>> newest(std::size_t limit) const;
    /// False if neither memory nor a file keeps lines.
    [[nodiscard]] bool on() const { return memory_ != nullptr || !file_.empty(); }

private:
    friend LogTail start_logging(const std::string&, const LogSettings&);
    std::shared_ptr<class MemorySink> memory_;  // shared with the spdlog logger
    std::filesystem::path file_;
};

/// Sets up the default logger of `program`: standard error, the file (three files of 1 MiB) and memory. A line on
/// standard error has a priority prefix in the journal, the time on a terminal, else date, time and zone. Throws
/// std::runtime_error if the file cannot be opened, UsageError for an invalid level.
LogTail start_logging(const std::string& program, const LogSettings& settings);

/// Changes the level at run time; values as in LogSettings. Any thread.
void set_log_level(const std::string& level);

}  // namespace revenant
