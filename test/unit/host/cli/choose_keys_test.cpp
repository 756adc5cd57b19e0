// The keys that a user chooses on a terminal.
#include "host/cli/choose_keys.hpp"

#include <iostream>
#include <mutex>

#include <sodium.h>

#include "host/cli/cli.hpp"
#include "test/support/basics/temporary_directory.hpp"
#include "test/unit/host/channel/fake_device.hpp"
#include "test/unit/host/prompt/on_terminal.hpp"

namespace revenant::host {
namespace {

using Ids = std::vector<std::string>;

KeyStatus key(const char* id, LockState lock) {
    KeyStatus status;
    status.key_id = id;
    status.address = std::string{"tz4-of-"} + id;
    status.lock_state = lock;
    return status;
}

std::vector<KeyStatus> three_keys() {
    return {key("baker", LockState::locked), key("backup", LockState::unlocked), key("spare", LockState::locked)};
}

std::string refusal(const std::string& line, const std::vector<KeyStatus>& keys = three_keys()) {
    try {
        chosen_keys(line, keys);
    } catch (const Error& failure) {
        EXPECT_EQ(failure.fault(), Fault::usage);
        return failure.what();
    }
    return {};
}

TEST(choose_keys, numbers_and_ids_separated_by_commas_or_blanks) {
    const auto keys = three_keys();
    EXPECT_EQ(chosen_keys("2", keys), Ids{"backup"});
    EXPECT_EQ(chosen_keys("3,1", keys), (Ids{"spare", "baker"}));
    EXPECT_EQ(chosen_keys("  1 , backup,\t", keys), (Ids{"baker", "backup"}));
    EXPECT_EQ(chosen_keys("BAKER", keys), Ids{"baker"});
    EXPECT_EQ(chosen_keys("1 baker 1", keys), Ids{"baker"}) << "each once";
    EXPECT_EQ(chosen_keys("", keys), Ids{});
    EXPECT_EQ(chosen_keys(" , ", keys), Ids{});
}

TEST(choose_keys, all_selects_matching_keys) {
    EXPECT_EQ(chosen_keys("all", three_keys()), (Ids{"baker", "backup", "spare"}));
    EXPECT_EQ(chosen_keys("all", three_keys(), LockState::locked), (Ids{"baker", "spare"}));
    EXPECT_EQ(chosen_keys("all", three_keys(), LockState::unlocked), Ids{"backup"});
    EXPECT_NE(refusal("all baker"), "");
}

TEST(choose_keys, unknown_key_is_rejected) {
    for (const auto* line : {"0", "4", "-1", "1.5", "nobody", "1;2", "1 nobody", "99999999999999999999999"})
        EXPECT_NE(refusal(line), "") << line;
}

TEST(choose_keys, ambiguous_number_and_id_is_rejected) {
    const std::vector<KeyStatus> keys{key("2", LockState::locked), key("1", LockState::locked)};
    EXPECT_NE(refusal("1", keys).find("the number of another one"), std::string::npos);
    const std::vector<KeyStatus> same{key("1", LockState::locked), key("7", LockState::locked)};
    EXPECT_EQ(chosen_keys("1 7", same), (Ids{"1", "7"})) << "both mean the same key, and there is no seventh";
    EXPECT_NE(refusal("all", {key("all", LockState::locked), key("b", LockState::locked)}), "");
}

TEST(choose_keys, list_shows_number_id_address_lock) {
    EXPECT_EQ(numbered(three_keys()),
              "   KEY     ADDRESS        LOCK\n"
              "1  baker   tz4-of-baker   locked\n"
              "2  backup  tz4-of-backup  unlocked\n"
              "3  spare   tz4-of-spare   locked\n");
}

/// `revenant` on a terminal. The child comes first: a program with threads had better not be forked.
class PickTest : public ::testing::Test {
protected:
    static void SetUpTestSuite() { ASSERT_GE(sodium_init(), 0); }

    test::OnTerminal revenant(Ids words) const {
        words.insert(words.begin(),
                     {"revenant", "--bus", "loopback", "--deadline", "20", "--run-dir", directory.path().string()});
        return test::OnTerminal{[words] {
            std::vector<const char*> argv;
            for (const auto& word : words)
                argv.push_back(word.c_str());
            const char* const environment[]{nullptr};
            return run_cli(static_cast<int>(argv.size()), argv.data(), environment, std::cout, std::cerr);
        }};
    }
    void start() {
        device.emplace(directory.path(), [this](const Request& request) -> test::Reaction {
            const std::scoped_lock hold{lock};
            if (std::holds_alternative<StatusRequest>(request))
                return {StatusResponse{three_keys()}};
            if (const auto* unlock = std::get_if<UnlockRequest>(&request)) {
                asked = unlock->key_ids;
                return {UnlockResponse{{{asked.at(0), true, ""}}}};
            }
            if (const auto* lock_request = std::get_if<LockRequest>(&request)) {
                asked = lock_request->key_ids;
                return {LockResponse{{{asked.at(0), true, ""}}}};
            }
            if (const auto* erase = std::get_if<DeleteKeysRequest>(&request)) {
                asked = erase->key_ids;
                return {DeleteKeysResponse{{{asked.at(0), true, ""}}}};
            }
            const auto& set = std::get<SetLevelRequest>(request);
            asked = {set.key_id, std::to_string(set.level)};
            return {OkResponse{true}};
        });
    }
    Ids what_was_asked() {
        const std::scoped_lock hold{lock};
        return asked;
    }

    test::TemporaryDirectory directory;
    std::mutex lock;
    Ids asked;
    std::optional<test::FakeDevice> device;
};

TEST_F(PickTest, unlock_takes_chosen_keys) {
    auto terminal = revenant({"unlock"});
    start();
    terminal.expect("3  spare   tz4-of-spare   locked");
    terminal.expect("Which to unlock (numbers or ids, 'all', or an empty line to cancel)? ");
    terminal.type("3, backup\n");
    terminal.expect("Passphrase: ");
    terminal.type("secret\n");
    terminal.expect("unlocked");
    EXPECT_EQ(test::exit_code(terminal.ended()), 0) << terminal.seen;
    EXPECT_EQ(what_was_asked(), (Ids{"spare", "backup"}));
}

TEST_F(PickTest, lock_all_takes_unlocked_keys) {
    auto terminal = revenant({"lock"});
    start();
    terminal.expect("Which to lock");
    terminal.type("all\n");
    EXPECT_EQ(test::exit_code(terminal.ended()), 0);
    EXPECT_EQ(what_was_asked(), Ids{"backup"});
}

TEST_F(PickTest, empty_line_chooses_nothing) {
    auto terminal = revenant({"unlock"});
    start();
    terminal.expect("Which to unlock");
    terminal.type("\n");
    terminal.expect("revenant: no key was chosen: nothing to unlock");
    EXPECT_EQ(test::exit_code(terminal.ended()), static_cast<int>(Exit::failed));
    EXPECT_EQ(what_was_asked(), Ids{});
}

TEST_F(PickTest, delete_needs_confirmation) {
    auto terminal = revenant({"delete"});
    start();
    terminal.expect("Which to delete");
    EXPECT_EQ(device->claims, 1);
    terminal.type("1 3\n");
    terminal.expect("Delete baker, spare permanently? [y/N] ");
    terminal.type("y\n");
    terminal.expect("Passphrase: ");
    terminal.type("secret\n");
    EXPECT_EQ(test::exit_code(terminal.ended()), 0);
    EXPECT_EQ(what_was_asked(), (Ids{"baker", "spare"}));
}

TEST_F(PickTest, sets_the_level_of_one_key) {
    auto terminal = revenant({"set-level", "77"});
    start();
    terminal.expect("Which to set the level of");
    terminal.type("baker\n");
    terminal.expect("The key baker signs nothing at level 77");
    EXPECT_EQ(test::exit_code(terminal.ended()), 0);
    EXPECT_EQ(what_was_asked(), (Ids{"baker", "77"}));
}

TEST_F(PickTest, json_never_prompts) {
    auto terminal = revenant({"--json", "lock"});
    start();
    terminal.expect("\"ok\":true");
    EXPECT_EQ(test::exit_code(terminal.ended()), 0);
    EXPECT_EQ(what_was_asked(), Ids{"backup"});
    auto deleting = revenant({"--json", "delete"});
    deleting.expect("missing operands");
    EXPECT_EQ(test::exit_code(deleting.ended()), static_cast<int>(Exit::usage));
}

TEST_F(PickTest, interrupt_at_prompt_ends_command) {
    auto terminal = revenant({"lock"});
    start();
    terminal.expect("Which to lock");
    terminal.type("\x03");
    EXPECT_EQ(test::exit_code(terminal.ended()), static_cast<int>(Exit::interrupted)) << terminal.seen;
    EXPECT_EQ(what_was_asked(), Ids{});
}

TEST_F(PickTest, long_wait_shows_progress_line) {
    auto terminal = revenant({"list"});
    terminal.expect("\r\x1b[Kreading the keys … 1 s");  // no device yet
    start();
    terminal.expect("\r\x1b[K");
    terminal.expect("tz4-of-spare");
    EXPECT_EQ(test::exit_code(terminal.ended()), 0);
    auto quiet = revenant({"--json", "version", "--deadline=2"});
    EXPECT_NE(test::exit_code(quiet.ended()), 0);
    EXPECT_EQ(quiet.seen.find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace revenant::host
