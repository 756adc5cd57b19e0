#include "common/service/log.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <fstream>
#include <mutex>

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include "common/service/notify.hpp"
#include "common/service/options.hpp"

namespace revenant {
namespace {

constexpr std::size_t file_size = std::size_t{1} << 20;
constexpr std::size_t file_count = 3;
constexpr std::size_t max_line = 1024;  // bytes of a line in LogTail

constexpr auto line_pattern = "%Y-%m-%dT%H:%M:%S.%eZ %l %v";

std::unique_ptr<spdlog::formatter> line_formatter() {
    return std::make_unique<spdlog::pattern_formatter>(line_pattern, spdlog::pattern_time_type::utc);
}

/// Writes "<6>" and similar prefixes, which journald reads from a service's standard error (sd-daemon(3)).
class JournalPriority : public spdlog::custom_flag_formatter {
public:
    void format(const spdlog::details::log_msg& message, const std::tm& /*time*/, spdlog::memory_buf_t& into) override {
        static constexpr std::array<char, 7> priorities{'7', '7', '6', '4', '3', '2', '6'};
        into.push_back('<');
        into.push_back(priorities[static_cast<std::size_t>(message.level)]);
        into.push_back('>');
    }
    [[nodiscard]] std::unique_ptr<custom_flag_formatter> clone() const override {
        return std::make_unique<JournalPriority>();
    }
};

std::unique_ptr<spdlog::formatter> stderr_formatter(const std::string& program) {
    if (service::logs_to_journal()) {
        auto formatter = std::make_unique<spdlog::pattern_formatter>();
        formatter->add_flag<JournalPriority>('*').set_pattern("%*%v");
        return formatter;
    }
    const auto* const time = ::isatty(STDERR_FILENO) != 0 ? "%H:%M:%S.%e" : "%Y-%m-%dT%H:%M:%S.%e%z";
    return std::make_unique<spdlog::pattern_formatter>(time + (" " + program + " %l: %v"),
                                                       spdlog::pattern_time_type::local);
}

}  // namespace

class MemorySink : public spdlog::sinks::base_sink<std::mutex> {
public:
    explicit MemorySink(std::size_t most) : most_{most} {}

    std::vector<std::string> newest(std::size_t limit) {
        const std::scoped_lock hold{mutex_};
        const auto count = std::min(limit, lines_.size());
        return {lines_.end() - static_cast<std::ptrdiff_t>(count), lines_.end()};
    }

private:
    void sink_it_(const spdlog::details::log_msg& message) override {
        spdlog::memory_buf_t text;
        formatter_->format(message, text);
        lines_.emplace_back(text.data(), std::min(text.size() - 1, max_line));  // without the end of line
        if (lines_.size() > most_)
            lines_.pop_front();
    }
    void flush_() override {}

    std::size_t most_;
    std::deque<std::string> lines_;
};

std::optional<std::vector<std::string>> LogTail::newest(std::size_t limit) const {
    if (file_.empty())
        return memory_ ? memory_->newest(limit) : std::vector<std::string>{};
    std::deque<std::string> lines;
    const auto older = std::filesystem::path{file_}.replace_extension(".1" + file_.extension().string());
    for (const auto& file : {older, file_}) {
        std::ifstream content{file};
        if (!content && file == file_)
            return std::nullopt;
        for (std::string line; std::getline(content, line);) {
            lines.push_back(line.substr(0, max_line));
            if (lines.size() > limit)
                lines.pop_front();
        }
    }
    return std::vector<std::string>{lines.begin(), lines.end()};
}

LogTail start_logging(const std::string& program, const LogSettings& settings) {
    const auto level = spdlog::level::from_str(settings.level);
    if (level == spdlog::level::off && settings.level != "off")
        throw UsageError{"the setting log-level is '" + settings.level +
                         "': expected trace, debug, info, warning, error, critical or off"};
    std::vector<spdlog::sink_ptr> sinks;
    sinks.push_back(std::make_shared<spdlog::sinks::stderr_sink_mt>());
    sinks.back()->set_formatter(stderr_formatter(program));
    LogTail tail;
    if (settings.kept_lines > 0) {
        tail.memory_ = std::make_shared<MemorySink>(settings.kept_lines);
        sinks.push_back(tail.memory_);
        sinks.back()->set_formatter(line_formatter());
    }
    if (!settings.file.empty()) {
        try {
            sinks.push_back(
                std::make_shared<spdlog::sinks::rotating_file_sink_mt>(settings.file.string(), file_size, file_count));
        } catch (const spdlog::spdlog_ex& error) {
            throw std::runtime_error{"cannot log to '" + settings.file.string() + "' (" + error.what() +
                                     "): make its directory writable for this user, or leave log-file empty"};
        }
        sinks.back()->set_formatter(line_formatter());
        tail.file_ = settings.file;
    }
    auto logger = std::make_shared<spdlog::logger>(program, sinks.begin(), sinks.end());
    logger->set_level(level);
    logger->flush_on(spdlog::level::trace);  // unflushed lines would be lost in a crash
    spdlog::set_default_logger(std::move(logger));
    return tail;
}

void set_log_level(const std::string& level) {
    spdlog::set_level(spdlog::level::from_str(level));
}

}  // namespace revenant
