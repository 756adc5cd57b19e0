#include "common/service/options.hpp"

#include <fstream>
#include <functional>
#include <iostream>

#include <gtest/gtest.h>

#include "test/support/basics/temporary_directory.hpp"

namespace revenant {
namespace {

using test::TemporaryDirectory;
using Words = std::vector<const char*>;

class options : public ::testing::Test {
protected:
    options() {
        subject_.add("run-dir", "/default", "directory of the sockets")
            .add("workers", "8", "how many")
            .add_flag("loud", "more words");
    }

    bool parse(Words words, Words environment = {}) {
        words.insert(words.begin(), "program");
        environment.push_back(nullptr);
        return subject_.parse(static_cast<int>(words.size()), words.data(), environment.data());
    }

    static std::string complaint_of(const std::function<void()>& action) {
        try {
            action();
        } catch (const UsageError& error) {
            return error.what();
        }
        return {};
    }

    std::string complaint(const Words& words, const Words& environment = {}) {
        return complaint_of([&] { parse(words, environment); });
    }

    /// Writes a configuration file; the returned path is valid during the test.
    const char* file(const std::string& content) {
        std::ofstream{file_} << content;
        return file_.c_str();
    }

    TemporaryDirectory directory_;
    std::filesystem::path file_ = directory_.path() / "my.conf";
    Options subject_{"gadget", "Signs."};
};

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

TEST_F(options, boost_placeholder_name_is_rejected) {
    for (const std::string name :
         {"%option%", "%canonical_option%", "%original_token%", "%prefix%", "%invalid_line%"}) {
        for (const auto& line : {name, name + " = 1", "run-dir " + name}) {
            const auto refused = complaint({"--config", file(line + "\n")});
            EXPECT_TRUE(contains(refused, name) && contains(refused, "--help lists")) << refused;
        }
        const auto refused = complaint({("--" + name + "=1").c_str()});
        EXPECT_TRUE(contains(refused, name) && contains(refused, "--help lists")) << refused;
    }
    EXPECT_TRUE(parse({"--config", file("run-dir = %original_token%\n")}));
    EXPECT_EQ(subject_.text("run-dir"), "%original_token%");
}

TEST_F(options, duplicate_variable_is_rejected) {
    const auto twice = complaint({}, {"REVENANT_GADGET_RUN_DIR=/one", "REVENANT_GADGET_RUN_DIR=/two"});
    EXPECT_TRUE(contains(twice, "the environment: ") && contains(twice, "run-dir")) << twice;
    EXPECT_EQ(complaint({}, {"REVENANT_GADGET_WORKERS"}), "");
}

TEST_F(options, unset_value_is_default) {
    EXPECT_TRUE(parse({}));
    EXPECT_EQ(subject_.text("run-dir"), "/default");
    EXPECT_EQ(subject_.number("workers", 1, 64), 8);
    EXPECT_FALSE(subject_.flag("loud"));
    EXPECT_EQ(subject_.origin("run-dir"), "default");
}

TEST_F(options, file_overrides_default) {
    EXPECT_TRUE(parse({"--config", file("run-dir = /file\nloud = yes\n")}));
    EXPECT_EQ(subject_.text("run-dir"), "/file");
    EXPECT_TRUE(subject_.flag("loud"));
    EXPECT_EQ(subject_.origin("run-dir"), file_.string());
    EXPECT_EQ(subject_.origin("workers"), "default");
}

TEST_F(options, environment_overrides_file) {
    EXPECT_TRUE(parse({"--config", file("run-dir = /file\nworkers = 3\n")},
                      {"PATH=/bin", "REVENANT_GADGET_RUN_DIR=/environment", "REVENANT_HOST_RUN_DIR=/no"}));
    EXPECT_EQ(subject_.text("run-dir"), "/environment");
    EXPECT_EQ(subject_.origin("run-dir"), "environment");
    EXPECT_EQ(subject_.number("workers", 1, 64), 3);
}

TEST_F(options, command_line_overrides_all) {
    EXPECT_TRUE(parse({"--run-dir=/line", "--loud", "--config", file("run-dir = /file\nloud = no\n")},
                      {"REVENANT_GADGET_RUN_DIR=/environment", "REVENANT_GADGET_LOUD=off"}));
    EXPECT_EQ(subject_.text("run-dir"), "/line");
    EXPECT_EQ(subject_.origin("run-dir"), "command line");
    EXPECT_TRUE(subject_.flag("loud"));
}

TEST_F(options, value_accepts_any_characters) {
    EXPECT_TRUE(parse({}, {"REVENANT_GADGET_RUN_DIR=/a=b c"}));
    EXPECT_EQ(subject_.text("run-dir"), "/a=b c");
}

TEST_F(options, unknown_key_is_rejected_in_each_source) {
    EXPECT_TRUE(contains(complaint({"--colour", "red"}), "colour"));
    EXPECT_TRUE(contains(complaint({"--run", "x"}), "run")) << "no guessing";
    EXPECT_TRUE(contains(complaint({}, {"REVENANT_GADGET_COLOUR=red"}), "REVENANT_GADGET_COLOUR"));
    const auto in_file = complaint({"--config", file("colour = red\n")});
    EXPECT_TRUE(contains(in_file, "colour") && contains(in_file, file_.string())) << in_file;
}

TEST_F(options, missing_named_file_is_rejected) {
    EXPECT_TRUE(contains(complaint({"--config", "/nowhere/x.conf"}), "/nowhere/x.conf"));
    EXPECT_TRUE(contains(complaint({}, {"REVENANT_GADGET_CONFIG=/nowhere/x.conf"}), "REVENANT_GADGET_CONFIG"));
}

TEST_F(options, message_shows_invisible_bytes) {
    EXPECT_TRUE(contains(complaint({}, {"REVENANT_GADGET_W\xc2\xa0=1"}), "W\\xc2\\xa0"));
    EXPECT_TRUE(contains(complaint({"--\x01=1"}), "\\x01"));
    const auto in_file = complaint({"--config", file("\xe2\x80\x8brun-dir = /a\n")});
    EXPECT_TRUE(contains(in_file, "line 1: unrecognised option '\\xe2\\x80\\x8brun-dir'")) << in_file;
}

TEST_F(options, wrong_value_shows_invisible_bytes) {
    subject_.add("bus", "usb", "how").choices({"usb", "loopback"});
    EXPECT_TRUE(contains(complaint({"--bus=usb\r", "--workers=8\xc2\xa0", "--loud=\t"}), "'usb\\x0d'"));
    EXPECT_TRUE(contains(complaint_of([&] { (void)subject_.number("workers", 1, 64); }), "'8\\xc2\\xa0'"));
    EXPECT_TRUE(contains(complaint_of([&] { (void)subject_.flag("loud"); }), "'\\x09'"));
}

TEST_F(options, reload_of_unreadable_file_throws) {
    EXPECT_TRUE(parse({"--config", file("workers = 3\n")}));
    std::filesystem::remove(file_);
    std::filesystem::create_directory(file_);
    EXPECT_THROW((void)subject_.read_again(), UsageError);
    EXPECT_EQ(subject_.number("workers", 1, 64), 3);
}

TEST_F(options, setting_twice_in_file_is_rejected) {
    const auto twice = complaint({"--config", file("workers = 1\nworkers = 2\n")});
    EXPECT_TRUE(contains(twice, "workers") && contains(twice, file_.string())) << twice;
}

TEST_F(options, operands_need_declaration) {
    EXPECT_NE(complaint({"run"}), "");
    Options other{"host", "Talks."};
    other.operands("COMMAND [operands]").add("deadline", "3", "seconds");
    const Words words{"program", "sign", "--deadline", "5", "my-key", "00ff"};
    const Words environment{nullptr};
    EXPECT_TRUE(other.parse(static_cast<int>(words.size()), words.data(), environment.data()));
    EXPECT_EQ(other.words(), (std::vector<std::string>{"sign", "my-key", "00ff"}));
    EXPECT_EQ(other.number("deadline", 1, 60), 5);
}

TEST_F(options, variables_of_other_programs_are_ignored) {
    Options host{"host", "Talks."};
    host.named("revenant", "REVENANT_", {"REVENANT_GADGET_"}).add("run-dir", "/default", "directory of the sockets");
    const Words words{"program"};
    const Words environment{"REVENANT_RUN_DIR=/mine", "REVENANT_GADGET_RUN_DIR=/theirs", nullptr};
    EXPECT_TRUE(host.parse(1, words.data(), environment.data()));
    EXPECT_EQ(host.text("run-dir"), "/mine");
    EXPECT_EQ(host.program_name(), "revenant");
    EXPECT_EQ(host.file(), "/etc/revenant/host.conf");
    const Words wrong{"REVENANT_COLOUR=red", nullptr};
    EXPECT_THROW(host.parse(1, words.data(), wrong.data()), UsageError);
}

TEST_F(options, number_must_be_integer_in_range) {
    for (const auto* value : {"", "x", "3x", " 3", "3.5", "0", "65", "99999999999999999999"}) {
        Options fresh{"gadget", "Signs."};
        fresh.add("workers", "8", "how many");
        const auto argument = std::string{"--workers="} + value;
        const Words words{"program", argument.c_str()};
        const Words environment{nullptr};
        try {
            fresh.parse(2, words.data(), environment.data());
            (void)fresh.number("workers", 1, 64);
            ADD_FAILURE() << "'" << value << "' was accepted";
        } catch (const UsageError& error) {
            EXPECT_TRUE(contains(error.what(), "workers")) << error.what();
        }
    }
    EXPECT_TRUE(parse({"--workers=64"}));
    EXPECT_EQ(subject_.number("workers", 1, 64), 64);
    try {
        (void)subject_.number("workers", 1, 63);
        ADD_FAILURE();
    } catch (const UsageError& error) {
        EXPECT_TRUE(contains(error.what(), "command line") && contains(error.what(), "from 1 to 63")) << error.what();
    }
}

TEST_F(options, invalid_flag_value_throws) {
    EXPECT_TRUE(parse({"--loud=maybe"}));
    EXPECT_THROW((void)subject_.flag("loud"), UsageError);
}

TEST_F(options, repeated_option_is_rejected) {
    EXPECT_NE(complaint({"--workers=1", "--workers=2"}), "");
}

TEST_F(options, print_config_shows_values_and_origins) {
    testing::internal::CaptureStdout();
    const bool go_on = parse({"--print-config", "--workers", "2"}, {"REVENANT_GADGET_RUN_DIR=/environment"});
    const auto shown = testing::internal::GetCapturedStdout();
    EXPECT_FALSE(go_on);
    EXPECT_TRUE(contains(shown, "workers = 2  # command line\n")) << shown;
    EXPECT_TRUE(contains(shown, "run-dir = /environment  # environment\n")) << shown;
    EXPECT_TRUE(contains(shown, "loud = false  # default\n")) << shown;
    Options again{"gadget", "Signs."};  // the output is a valid configuration file
    again.add("run-dir", "", "").add("workers", "", "").add_flag("loud", "");
    const Words words{"program", "--config", file(shown)};
    const Words environment{nullptr};
    EXPECT_TRUE(again.parse(3, words.data(), environment.data()));
    EXPECT_EQ(again.text("run-dir"), "/environment");
}

TEST_F(options, help_and_version_return_false) {
    testing::internal::CaptureStdout();
    EXPECT_FALSE(parse({"--help"}));
    const auto help = testing::internal::GetCapturedStdout();
    for (const auto* part : {"Signs.", "revenant-gadget", "--workers", "REVENANT_GADGET_", "[8]"})
        EXPECT_TRUE(contains(help, part)) << part << " is not in:\n" << help;
    Options other{"gadget", "Signs."};
    const Words words{"program", "--version"};
    const Words environment{nullptr};
    testing::internal::CaptureStdout();
    EXPECT_FALSE(other.parse(2, words.data(), environment.data()));
    EXPECT_TRUE(contains(testing::internal::GetCapturedStdout(), "revenant 0."));
}

TEST_F(options, value_outside_choices_is_rejected) {
    subject_.add("bus", "", "how").choices({"usb", "can", "loopback"});
    EXPECT_TRUE(parse({"--bus", "can"}));
    Options other{"gadget", "Signs."};
    other.add("bus", "", "how").choices({"usb", "can", "loopback"});
    const Words words{"program"};
    const Words environment{"REVENANT_GADGET_BUS=isa", nullptr};
    try {
        other.parse(1, words.data(), environment.data());
        ADD_FAILURE() << "isa was accepted";
    } catch (const UsageError& error) {
        EXPECT_STREQ(error.what(), "the setting bus is 'isa' (environment): expected usb, can or loopback");
    }
}

TEST_F(options, aliases_resolve_to_own_names) {
    const auto parsed = [](Words words) {
        Options host{"host", "Talks."};
        host.operands("COMMAND").add("serial", "", "which").add("level", "", "how far");
        host.aliases({{"leap", "jump"}, {"advanced jump", "jump"}, {"--device", "--serial"}, {"-d", "--serial"}});
        words.insert(words.begin(), "program");
        const Words environment{nullptr};
        EXPECT_TRUE(host.parse(static_cast<int>(words.size()), words.data(), environment.data()));
        return host;
    };
    const std::vector<std::string> jump{"jump", "key", "7"};
    EXPECT_EQ(parsed({"leap", "key", "7"}).words(), jump);
    EXPECT_EQ(parsed({"advanced", "jump", "key", "7"}).words(), jump);
    EXPECT_EQ(parsed({"jump", "key", "7"}).words(), jump);
    EXPECT_EQ(parsed({"jump", "leap", "7"}).words(), (std::vector<std::string>{"jump", "leap", "7"})) << "an operand";
    EXPECT_EQ(parsed({"advanced"}).words(), std::vector<std::string>{"advanced"});
    for (const auto& words : {Words{"jump", "--device", "A"}, {"jump", "--device=A"}, {"-d", "A", "jump"}, {"-dA"}}) {
        const auto host = parsed(words);
        EXPECT_EQ(host.text("serial"), "A");
        EXPECT_EQ(host.origin("serial"), "command line");
    }
    EXPECT_EQ(parsed({"jump", "--level=-d"}).text("level"), "-d") << "the value of another option";
    EXPECT_THROW(parsed({"--device", "A", "--serial", "B"}), UsageError);
    EXPECT_THROW(parsed({"-x", "A"}), UsageError);
}

TEST_F(options, help_shows_aliases_and_no_flag_value) {
    subject_.aliases({{"leap", "jump"}, {"-d", "--run-dir"}});
    testing::internal::CaptureStdout();
    EXPECT_FALSE(parse({"--help"}));
    const auto help = testing::internal::GetCapturedStdout();
    EXPECT_TRUE(contains(help, "\nAliases: leap (jump), -d (--run-dir).\n")) << help;
    const auto flag = help.find("--loud");
    ASSERT_NE(flag, std::string::npos);
    EXPECT_FALSE(contains(help.substr(flag, help.find('\n', flag) - flag), "arg")) << help;
}

TEST_F(options, full_disk_fails_the_answer) {
    for (const auto* option : {"--help", "--version", "--print-config"}) {
        std::cout.setstate(std::ios::badbit);
        EXPECT_THROW(parse({option}), OutputError) << option;
        std::cout.clear();
    }
}

TEST_F(options, help_lists_commands_and_exit_codes) {
    subject_.commands({{"fly", "[HEIGHT]", "leave the ground"}}).operands("COMMAND").exit_codes({{7, "fell"}});
    testing::internal::CaptureStdout();
    EXPECT_FALSE(parse({"--help"}));
    const auto help = testing::internal::GetCapturedStdout();
    for (const auto* part : {"Commands:\n  fly [HEIGHT]\n      leave the ground\n", "Exit codes:\n  7    fell\n"})
        EXPECT_TRUE(contains(help, part)) << part << " is not in:\n" << help;
}

}  // namespace
}  // namespace revenant
