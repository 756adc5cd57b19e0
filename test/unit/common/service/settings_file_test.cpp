#include "common/service/settings_file.hpp"

#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>

#include "common/service/options.hpp"
#include "test/support/basics/temporary_directory.hpp"

namespace revenant {
namespace {

namespace fs = std::filesystem;
using namespace std::string_literals;

/// Tests read the optional default file unless they say otherwise, as a program does without --config.
class SettingsFile : public ::testing::Test {
protected:
    std::vector<SettingLine> lines_of(const std::string& content) {
        std::ofstream{file_} << content;
        return read_settings_file(file_, false);
    }

    /// The value of the only line.
    std::string value_in(const std::string& content) {
        const auto lines = lines_of(content);
        return lines.size() == 1 ? lines.front().value : "not one line";
    }

    static std::string failure_of(const fs::path& file, bool must_exist = false) {
        try {
            read_settings_file(file, must_exist);
        } catch (const UsageError& error) {
            return error.what();
        }
        return "none";
    }

    std::string failure_in(const std::string& content) {
        std::ofstream{file_} << content;
        return failure_of(file_);
    }

    test::TemporaryDirectory directory_;
    fs::path file_ = directory_.path() / "my.conf";
};

bool mentions(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

TEST_F(SettingsFile, absent_optional_file_is_empty) {
    EXPECT_TRUE(read_settings_file(file_, false).empty());
    EXPECT_TRUE(read_settings_file(directory_.path() / "none" / "my.conf", false).empty());
    EXPECT_EQ(failure_of(file_, true), "cannot read the configuration file '" + file_.string() +
                                           "': No such file or directory: check its path and its mode");
}

TEST_F(SettingsFile, directory_is_rejected) {
    EXPECT_TRUE(mentions(failure_of(directory_.path()), "Is a directory"));
    EXPECT_TRUE(mentions(failure_of(directory_.path(), true), "Is a directory"));
}

TEST_F(SettingsFile, dangling_link_is_rejected) {
    fs::create_symlink("nowhere", file_);
    EXPECT_TRUE(mentions(failure_of(file_), "a link on its path has no target"));
    fs::create_symlink("nowhere", directory_.path() / "etc");
    EXPECT_TRUE(mentions(failure_of(directory_.path() / "etc" / "my.conf"), "a link on its path has no target"));
    fs::create_symlink("loop", directory_.path() / "loop");
    EXPECT_NE(failure_of(directory_.path() / "loop"), "none");
}

TEST_F(SettingsFile, file_as_directory_is_rejected) {
    std::ofstream{file_} << "";
    EXPECT_TRUE(mentions(failure_of(file_ / "my.conf"), "Not a directory"));
}

/// Root may read everything, so a child process drops root before it reads.
TEST_F(SettingsFile, unsearchable_directory_is_rejected) {
    const auto closed = directory_.path() / "closed";
    fs::create_directory(closed);
    fs::permissions(closed, fs::perms::none);
    fs::permissions(directory_.path(), fs::perms::all);
    const auto read = [&] {
        if (::geteuid() == 0 && ::setresuid(65534, 65534, 65534) != 0)
            std::_Exit(2);
        std::_Exit(mentions(failure_of(closed / "my.conf"), "Permission denied") ? 0 : 1);
    };
    EXPECT_EXIT(read(), testing::ExitedWithCode(0), "");
    fs::permissions(closed, fs::perms::all);
}

TEST_F(SettingsFile, endless_file_is_rejected) {
    EXPECT_TRUE(mentions(failure_of("/dev/zero"), "more than 1 MiB"));
}

TEST_F(SettingsFile, blanks_and_line_ends_are_trimmed) {
    const auto lines = lines_of("\r\n  name \t= a b = c \r\nother=\n\n");
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_EQ(lines[0].name, "name");
    EXPECT_EQ(lines[0].value, "a b = c");
    EXPECT_EQ(lines[0].number, 2U);
    EXPECT_EQ(lines[1].name, "other");
    EXPECT_EQ(lines[1].value, "");
    EXPECT_EQ(value_in("name = no newline"), "no newline");
}

TEST_F(SettingsFile, comment_starts_a_line_or_follows_a_blank) {
    EXPECT_EQ(value_in("# a comment\n  # another\nlog-file = /var/log/a#1.jsonl\n"), "/var/log/a#1.jsonl");
    EXPECT_EQ(value_in("log-file = /a#1 # a comment"), "/a#1");
    EXPECT_EQ(value_in("log-file = /a\t#1"), "/a");
    EXPECT_EQ(value_in("log-file =#1"), "#1");
    EXPECT_EQ(value_in("log-file = # nothing"), "");
}

TEST_F(SettingsFile, byte_order_mark_is_skipped) {
    const auto lines = lines_of("\xef\xbb\xbfname = 1\n");
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_EQ(lines[0].name, "name");
    EXPECT_TRUE(lines_of("\xef\xbb\xbf# a comment\n").empty());
    EXPECT_TRUE(lines_of("\xef\xbb\xbf").empty());
}

TEST_F(SettingsFile, other_line_is_rejected) {
    for (const auto* line : {"name", "[section]", "[section] = 1", "= 1"}) {
        const auto failure = failure_in("first = 1\n"s + line + "\n");
        EXPECT_TRUE(mentions(failure, "line 2: '"s + line + "' is not a line 'NAME = VALUE'")) << failure;
    }
    EXPECT_TRUE(mentions(failure_in("\xff\xfen\0"s), "'\\xff\\xfen\\x00'"));
}

TEST_F(SettingsFile, control_character_in_value_is_rejected) {
    const auto failure = failure_in("run-dir = /tmp/x\0y\n"s);
    EXPECT_TRUE(mentions(failure, "line 1: the value '/tmp/x\\x00y' has a control character")) << failure;
}

}  // namespace
}  // namespace revenant
