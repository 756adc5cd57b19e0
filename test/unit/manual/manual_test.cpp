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
        .commands({{"jump",
                    "",
                    "go far",
                    {{.name = "style", .default_value = "high", .help = "the style", .choices = {"high", "long"}}},
                    {{.name = "level", .help = "how far"}}},
                   {"dance", "", "turn", {{.name = "style", .help = "the style", .choices = {"waltz"}}}},
                   {"rest", "", "go nowhere"}})
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
    EXPECT_TRUE(contains(text, ".It Fl \\-print\\-config\n")) << text;
    EXPECT_TRUE(contains(text, ".It 2\n")) << text;
    EXPECT_TRUE(contains(text, "Aliases: \\-\\-way, \\-w.\n")) << text;
}

TEST(page, command_contains_its_options) {
    const auto text = page(declared(), std::string{draft} + "@COMMANDS@\n");
    const auto jump = text.find(".It Cm jump\nGo far.\nAliases: leap far.\n.Bl -tag -width Ds\n"),
               dance = text.find(".It Cm dance\n");
    ASSERT_LT(jump, dance) << text;
    const auto of_jump = text.substr(jump, dance - jump), of_dance = text.substr(dance);
    EXPECT_TRUE(contains(of_jump, ".It Fl \\-style Ar high|long\nThe style.\n.No Default: Ql high .\n.It Fl")) << text;
    EXPECT_TRUE(
        contains(of_jump, ".It Fl \\-level Ar value\nHow far.\n.br\nEnvironment:\n.Ev REVENANT_GADGET_LEVEL\n"));
    EXPECT_TRUE(contains(of_dance, ".It Fl \\-style Ar waltz\n")) << text;
    EXPECT_FALSE(contains(of_dance, "level")) << text;
}

TEST(page, invalid_draft_is_rejected) {
    EXPECT_TRUE(contains(refusal(std::string{draft} + "@SETTING@\n"), "'@SETTING@'"));
    EXPECT_TRUE(contains(refusal("@SETTINGS@\n@OPTIONS@\n"), "@EXITS@"));
    EXPECT_TRUE(contains(refusal(std::string{draft} + "@OPTIONS@\n"), "@OPTIONS@"));
}

TEST(completions, options_are_common_or_per_command) {
    const auto options = declared();
    ASSERT_EQ(common_options(options).size(), 6);
    EXPECT_EQ(common_options(options)[0].name, "run-dir");
    EXPECT_EQ(common_options(options)[2].name, "help");
    ASSERT_EQ(own_options(options.declared_commands()[0]).size(), 2);
    EXPECT_TRUE(own_options(options.declared_commands()[2]).empty());
}

TEST(completions, value_depends_on_command) {
    const auto script = bash_completion(declared());
    EXPECT_TRUE(contains(script, "jump' --style') _revenant_gadget_offer -W 'high long' && return")) << script;
    EXPECT_TRUE(contains(script, "dance' --style') _revenant_gadget_offer -W 'waltz' && return")) << script;
    EXPECT_TRUE(contains(script, "*' --bus') _revenant_gadget_offer -W 'usb loopback' && return")) << script;
    const auto zsh = zsh_completion(declared());
    EXPECT_LT(zsh.find("jump)"), zsh.find("'--style=[the style]:style:(high long)'")) << zsh;
}

}  // namespace
}  // namespace revenant::manual
