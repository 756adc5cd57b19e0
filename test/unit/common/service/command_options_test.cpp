// Options that belong to one command of a program.
#include <fstream>

#include <gtest/gtest.h>

#include "common/service/options.hpp"
#include "test/support/basics/temporary_directory.hpp"

namespace revenant {
namespace {

using Words = std::vector<const char*>;

/// Two commands with an option of one name, and a setting that belongs to one of them.
Options declared() {
    Options options{"gadget", "Signs."};
    options.add("run-dir", "/default", "directory of the sockets")
        .operands("COMMAND")
        .commands(
            {{"fly",
              "[HEIGHT]",
              "leave the ground",
              {{.name = "style", .default_value = "steep", .help = "the style", .choices = {"steep", "flat"}},
               flag_option("yes", "do not ask")},
              {},
              {"fly 7 --style flat"}},
             {"dance", "", "turn", {{.name = "style", .help = "the style", .choices = {"waltz"}}}, {{.name = "hall"}}}})
        .add_option(flag_option("json", "print JSON"));
    return options;
}

Options parsed(Words words, Words environment = {}) {
    auto options = declared();
    words.insert(words.begin(), "program");
    environment.push_back(nullptr);
    options.parse(static_cast<int>(words.size()), words.data(), environment.data());
    return options;
}

std::string complaint(const Words& words, const Words& environment = {}) {
    try {
        parsed(words, environment);
    } catch (const UsageError& error) {
        return error.what();
    }
    return {};
}

std::string answer(const Words& words) {
    testing::internal::CaptureStdout();
    parsed(words);
    return testing::internal::GetCapturedStdout();
}

bool includes(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

TEST(command_options, belong_to_the_given_command) {
    const auto fly = parsed({"--style", "flat", "fly", "7", "--yes", "--json"});
    EXPECT_EQ(fly.text("style"), "flat");
    EXPECT_TRUE(fly.flag("yes") && fly.flag("json"));
    EXPECT_EQ(complaint({"fly", "--style=waltz"}), "--style is 'waltz': expected steep or flat");
    EXPECT_EQ(complaint({"dance", "--style=flat"}), "--style is 'flat': expected waltz");
    EXPECT_EQ(complaint({"dance", "--yes"}), "--yes does not go with dance: write 'revenant-gadget dance'");
    EXPECT_EQ(complaint({"fly", "--hall=9"}), "--hall does not go with fly: write 'revenant-gadget fly [HEIGHT]'");
}

TEST(command_options, default_depends_on_command) {
    EXPECT_EQ(parsed({"fly"}).text("style"), "steep");
    EXPECT_EQ(parsed({"dance"}).text("style"), "");
    EXPECT_EQ(parsed({"fly"}).text("hall"), "") << "a setting of another command";
}

TEST(command_options, are_not_settings) {
    const test::TemporaryDirectory directory;
    const auto file = (directory.path() / "my.conf").string();
    for (const std::string name : {"yes", "style", "json", "help", "config"}) {
        std::ofstream{file} << name << " = true\n";
        EXPECT_EQ(complaint({"fly", "--config", file.c_str()}),
                  "configuration file '" + file + "', line 1: '" + name +
                      "' is not a setting but an option: remove it there, and give --" + name + " on the command line");
    }
    const auto in_environment = complaint({"fly"}, {"REVENANT_GADGET_YES=true"});
    EXPECT_TRUE(includes(in_environment, "environment variable REVENANT_GADGET_YES: 'yes' is not a setting"))
        << in_environment;
}

TEST(command_options, setting_of_command_is_read_everywhere) {
    const test::TemporaryDirectory directory;
    const auto file = (directory.path() / "my.conf").string();
    std::ofstream{file} << "hall = 3\n";
    EXPECT_EQ(parsed({"fly", "--config", file.c_str()}).text("hall"), "3");
    EXPECT_EQ(parsed({"dance"}, {"REVENANT_GADGET_HALL=4"}).text("hall"), "4");
    const auto shown = answer({"--print-config"});
    EXPECT_TRUE(includes(shown, "hall = ") && !includes(shown, "style")) << shown;
}

TEST(command_options, command_help_shows_that_command_alone) {
    EXPECT_EQ(answer({"fly", "--help"}),
              "revenant-gadget fly: leave the ground\n\n"
              "Usage: revenant-gadget fly [HEIGHT]\n\n"
              "Options:\n"
              "  --style steep|flat [steep]\n      the style\n"
              "  --yes\n      do not ask\n\n"
              "Examples:\n  fly 7 --style flat\n\n"
              "'revenant-gadget --help' lists the commands and the options that all of them accept.\n");
    EXPECT_TRUE(includes(answer({"--help", "dance"}), "Settings (also in the configuration file):\n  --hall value\n"));
    const auto general = answer({"--help"});
    EXPECT_TRUE(includes(general, "--json") && includes(general, "'revenant-gadget COMMAND --help'")) << general;
    EXPECT_FALSE(includes(general, "--style") || includes(general, "--hall")) << general;
}

}  // namespace
}  // namespace revenant
