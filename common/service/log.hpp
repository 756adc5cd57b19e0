#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// Sets up what common/core/log.hpp logs to.
namespace revenant {

/// How a program logs.
struct LogSettings {
    std::string level = "info";     ///< trace, debug, info, warning, error, critical, off
    std::filesystem::path file{};   ///< a rotating file beside standard error; empty: none
    std::size_t kept_lines = 1000;  ///< how many of the newest lines stay in memory; 0: none
};

/// What was logged, for the logs request. One per program; thread-safe.
class LogTail {
public:
    /// The newest `limit` lines, oldest first: from the file when there is one, so that they outlive a restart, else
    /// from memory. Nothing when the file cannot be read.
    [[nodiscard]] std::optional<std::vector<std::string>> newest(std::size_t limit) const;
    /// False when neither memory nor a file keeps anything.
    [[nodiscard]] bool on() const { return memory_ != nullptr || !file_.empty(); }

private:
    friend LogTail start_logging(const std::string&, const LogSettings&);
    std::shared_ptr<class MemorySink> memory_;  // spdlog's loggers share their sinks
    std::filesystem::path file_;
};

/// Sets up the default logger of `program`: standard error (with the journal's priority marks under systemd), the file
/// (1 MiB, three of them) and the memory. Throws std::runtime_error if the file cannot be opened, UsageError for the
/// level.
LogTail start_logging(const std::string& program, const LogSettings& settings);

/// Changes the level, one of LogSettings, while the program runs. Any thread.
void set_log_level(const std::string& level);

}  // namespace revenant
