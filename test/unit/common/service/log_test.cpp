#include "common/service/log.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>

#include <fmt/core.h>
#include <gtest/gtest.h>
#include <pty.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/core/fd.hpp"
#include "common/core/log.hpp"
#include "common/service/options.hpp"
#include "test/support/basics/temporary_directory.hpp"

/// Counts how often it is formatted.
struct FormatCount {
    int& times;
};

template <>
struct fmt::formatter<FormatCount> {
    constexpr auto parse(fmt::format_parse_context& context) { return context.begin(); }
    auto format(const FormatCount& counted, fmt::format_context& context) const {
        ++counted.times;
        return context.out();
    }
};

namespace revenant {
namespace {

using test::TemporaryDirectory;

/// Replaces each digit by 0.
std::string shape(std::string text) {
    std::replace_if(
        text.begin(), text.end(), [](char letter) { return letter >= '0' && letter <= '9'; }, '0');
    return text;
}

/// Resets the process to a logger without sinks after each test.
class logging : public ::testing::Test {
protected:
    ~logging() override { spdlog::set_default_logger(std::make_shared<spdlog::logger>("quiet")); }

    LogTail start(const LogSettings& settings) {
        testing::internal::CaptureStderr();
        auto tail = start_logging("test", settings);
        return tail;
    }
    static std::string said() { return testing::internal::GetCapturedStderr(); }

    TemporaryDirectory directory_;
};

TEST_F(logging, newest_lines_are_kept_in_memory) {
    LogSettings settings;
    settings.kept_lines = 3;
    const auto tail = start(settings);
    EXPECT_TRUE(tail.on());
    for (int line = 1; line <= 5; ++line)
        log::info("line {}", line);
    log::debug("not at this level");
    const auto text = said();
    EXPECT_NE(text.find("test info: line 1\n"), std::string::npos) << text;
    const auto lines = tail.newest(2);
    ASSERT_TRUE(lines);
    ASSERT_EQ(lines->size(), 2U);
    EXPECT_EQ(shape((*lines)[0]), "0000-00-00T00:00:00.000Z info line 0");
    EXPECT_EQ(tail.newest(100)->size(), 3U);
    EXPECT_TRUE(tail.newest(0)->empty());
}

TEST_F(logging, line_in_file_has_date_and_zone) {
    start({});
    log::info("hello");
    auto text = shape(said());
    std::replace(text.begin(), text.end(), '-', '+');  // the zone may be west
    EXPECT_EQ(text, "0000+00+00T00:00:00.000+00:00 test info: hello\n");
}

TEST_F(logging, line_on_terminal_has_time_only) {
    int master = -1, slave = -1;
    ASSERT_EQ(::openpty(&master, &slave, nullptr, nullptr, nullptr), 0);
    const UniqueFd terminal{master}, stderr_before{::dup(STDERR_FILENO)};
    UniqueFd other_end{slave};
    ::dup2(other_end.get(), STDERR_FILENO);
    start_logging("test", {});
    log::info("hello");
    ::dup2(stderr_before.get(), STDERR_FILENO);
    std::array<char, 256> bytes{};
    const auto size = ::read(terminal.get(), bytes.data(), bytes.size());
    ASSERT_GT(size, 0);
    EXPECT_EQ(shape({bytes.data(), static_cast<std::size_t>(size)}), "00:00:00.000 test info: hello\r\n");
}

TEST_F(logging, line_in_journal_has_priority_only) {
    testing::internal::CaptureStderr();
    struct stat status {};
    ::fstat(STDERR_FILENO, &status);
    ::setenv("JOURNAL_STREAM", fmt::format("{}:{}", status.st_dev, status.st_ino).c_str(), 1);
    start_logging("test", {});
    ::unsetenv("JOURNAL_STREAM");
    log::warn("hello");
    EXPECT_EQ(said(), "<4>hello\n");
}

TEST_F(logging, long_line_is_truncated_in_tail) {
    const auto tail = start({});
    log::info("{}", std::string(10'000, 'x'));
    said();
    EXPECT_EQ(tail.newest(1)->at(0).size(), 1024U);
}

TEST_F(logging, file_tail_survives_restart) {
    LogSettings settings;
    settings.file = directory_.path() / "test.log";
    start(settings);
    log::info("before");
    said();
    const auto tail = start(settings);
    log::info("after");
    said();
    const auto lines = tail.newest(10);
    ASSERT_TRUE(lines);
    ASSERT_EQ(lines->size(), 2U);
    EXPECT_NE((*lines)[0].find("before"), std::string::npos);
    EXPECT_NE((*lines)[1].find("after"), std::string::npos);
    EXPECT_NE(tail.newest(1)->at(0).find("after"), std::string::npos);
    EXPECT_TRUE(tail.newest(0)->empty());
}

TEST_F(logging, tail_includes_rotated_file) {
    LogSettings settings;
    settings.file = directory_.path() / "test.log";
    std::ofstream{directory_.path() / "test.1.log"} << "old 1\nold 2\n";
    const auto tail = start(settings);
    log::info("new");
    said();
    const auto lines = tail.newest(2);
    ASSERT_EQ(lines->size(), 2U);
    EXPECT_EQ((*lines)[0], "old 2");
}

TEST_F(logging, removed_file_returns_nothing) {
    LogSettings settings;
    settings.file = directory_.path() / "test.log";
    const auto tail = start(settings);
    std::filesystem::remove(settings.file);
    said();
    EXPECT_FALSE(tail.newest(1));
}

TEST_F(logging, level_off_logs_nothing) {
    LogSettings settings;
    settings.kept_lines = 0;
    settings.level = "off";
    const auto tail = start(settings);
    spdlog::critical("unheard");
    EXPECT_EQ(said(), "");
    EXPECT_FALSE(tail.on());
    EXPECT_TRUE(tail.newest(1)->empty());
}

TEST_F(logging, level_changes_at_run_time) {
    const auto tail = start({});
    set_log_level("warning");
    log::info("unheard");
    log::warn("a warning");
    log::at(log::Level::error, "an {}", "error");
    set_log_level("debug");
    log::debug("a detail");
    said();
    const auto lines = tail.newest(10);
    ASSERT_EQ(lines->size(), 3U);
    EXPECT_TRUE(lines->at(0).ends_with(" warning a warning"));
    EXPECT_TRUE(lines->at(1).ends_with(" error an error"));
    EXPECT_TRUE(lines->at(2).ends_with(" debug a detail"));
}

TEST_F(logging, disabled_level_skips_formatting) {
    const auto tail = start({});
    int times = 0;
    log::debug("{}", FormatCount{times});
    EXPECT_EQ(times, 0);
    log::info("{}", FormatCount{times});
    EXPECT_EQ(times, 1);
    said();
}

TEST_F(logging, format_error_logs_raw_text) {
    const auto tail = start({});
    const int one = 1;
    EXPECT_NO_THROW(log::write(log::Level::warn, "{} and {}", fmt::make_format_args(one)));
    said();
    EXPECT_TRUE(tail.newest(1)->at(0).ends_with("{} and {}"));
}

TEST_F(logging, invalid_settings_throw) {
    LogSettings settings;
    settings.level = "loud";
    EXPECT_THROW(start_logging("test", settings), UsageError);
    settings.level = "info";
    settings.file = "/proc/no/such/place/test.log";
    try {
        start_logging("test", settings);
        ADD_FAILURE();
    } catch (const std::runtime_error& error) {
        EXPECT_NE(std::string{error.what()}.find("/proc/no/such/place/test.log"), std::string::npos) << error.what();
    }
}

}  // namespace
}  // namespace revenant
