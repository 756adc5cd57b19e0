#include <stdexcept>

#include <gtest/gtest.h>

#include "manual/completions.hpp"
#include "manual/page.hpp"
#include "manual/roff.hpp"

namespace revenant::manual {
namespace {

constexpr auto draft = ".Sh OPTIONS\n@SETTINGS@\n@OPTIONS@\n.Sh EXIT STATUS\n@EXITS@\n";

Options declared() {
    Options options{"gadget", "Signs."};
    options.add("run-dir", "/ours", "where the sockets are")
        .hint(ValueHint::directory)
        .default_rule("/run for root")
        .add("bus", "usb", "how")
        .choices({"usb", "loopback"})
        .add("level", "", "jump: how far")
        .commands("Commands", {{"jump", "[--level N]", "go far", {"level"}}, {"rest", "", "go nowhere"}})
        .aliases({{"leap far", "jump"}, {"--way", "--bus"}, {"-w", "--bus"}});
    return options;
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

std::string refusal(const std::string& text) {
    try {
        page(declared(), text);
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return {};
}

TEST(roff, special_characters_are_escaped) {
    EXPECT_EQ(roff(".Nm"), "\\&.Nm");
    EXPECT_EQ(roff("'quoted'"), "\\&'quoted'");
    EXPECT_EQ(roff("a\\b \"c\""), "a\\eb \\(dqc\\(dq");
    EXPECT_EQ(roff("NetX…"), "NetX...");
    EXPECT_EQ(roff("é"), "\\[u00E9]");
    EXPECT_EQ(typed("run-dir"), "run\\-dir");
}

TEST(page, page_contains_declarations) {
    const auto text = page(declared(), draft);
    EXPECT_TRUE(contains(text, ".It Fl \\-run\\-dir Ar directory\nWhere the sockets are.\nDefault: /run for root.\n"))
        << text;
    EXPECT_FALSE(contains(text, "/ours")) << "the default of the build machine's user";
    EXPECT_TRUE(contains(text, ".Ev REVENANT_GADGET_RUN_DIR\n")) << text;
    EXPECT_TRUE(contains(text, "Ar usb|loopback\n")) << text;
    EXPECT_TRUE(contains(text, "jump: how far.\n")) << text;  // the name of a command keeps its case
    EXPECT_TRUE(contains(text, ".It Fl \\-print\\-config\n")) << text;
    EXPECT_TRUE(contains(text, ".It 2\n")) << text;
    EXPECT_TRUE(contains(text, "Aliases: \\-\\-way, \\-w.\n")) << text;
    EXPECT_TRUE(contains(page(declared(), std::string{draft} + "@COMMANDS@\n"), "Aliases: leap far.\n"));
}

TEST(page, invalid_draft_is_rejected) {
    EXPECT_TRUE(contains(refusal(std::string{draft} + "@SETTING@\n"), "'@SETTING@'"));
    EXPECT_TRUE(contains(refusal("@SETTINGS@\n@OPTIONS@\n"), "@EXITS@"));
    EXPECT_TRUE(contains(refusal(std::string{draft} + "@OPTIONS@\n"), "@OPTIONS@"));
}

TEST(completions, options_are_common_or_per_command) {
    const auto options = declared();
    ASSERT_EQ(common_settings(options).size(), 2);
    EXPECT_EQ(common_settings(options)[0].name, "run-dir");
    ASSERT_EQ(own_settings(options, options.declared_commands()[0]).size(), 1);
    EXPECT_TRUE(own_settings(options, options.declared_commands()[1]).empty());
}

}  // namespace
}  // namespace revenant::manual
