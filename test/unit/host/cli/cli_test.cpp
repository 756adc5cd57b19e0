#include <fstream>

#include "host/error/error.hpp"
#include "test/support/basics/secret_text.hpp"
#include "test/unit/host/cli/cli_fixture.hpp"

namespace revenant::host {
namespace {

TEST_F(CliTest, usage_error_is_one_sentence_exit_2) {
    const std::vector<std::vector<std::string>> wrong{{},
                                                      {"frobnicate"},
                                                      {"list", "key"},
                                                      {"delete"},
                                                      {"set-level", "key"},
                                                      {"set-level", "key", "12x"},
                                                      {"set-level", "key", "1", "--chain", "NetX"},
                                                      {"status", "no spaces"},
                                                      {"status", std::string(65, 'a')},
                                                      {"sign", "key"},
                                                      {"sign", "key", "abc"},
                                                      {"sign", "key", "zz"},
                                                      {"sign", "key", "00", "--file", "x"},
                                                      {"sign", "key", "--file", "/nonexistent"},
                                                      {"new", "--kind", "tz9"},
                                                      {"list", "--limit", "3"},
                                                      {"logs", "--limit", "0"},
                                                      {"bench", "--count", "0"},
                                                      {"bench", "--kind", "tz4"},
                                                      {"bench", "--keys", "a,,b"},
                                                      {"list", "--deadline", "0"},
                                                      {"list", "--serial", "ABC"},
                                                      {"list", "--product-id", "none"},
                                                      {"list", "--bus=usb"},
                                                      {"reset"},
                                                      {"list", "--no-such-option"},
                                                      {"delete", "key"},
                                                      {"unlock"},
                                                      {"unlock", "--passphrase-fd", "999"},
                                                      {"unlock", "--passphrase-env", "NO_SUCH_VARIABLE"}};
    for (const auto& words : wrong) {
        const auto result = revenant(words);
        const auto shown = words.empty() ? "" : words[0] + (words.size() > 1 ? " " + words[1] : "");
        EXPECT_EQ(result.exit, 2) << shown;
        EXPECT_EQ(result.out, "") << shown;
        EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << shown;
    }
}

TEST_F(CliTest, failure_is_json_with_json_option) {
    const auto error = revenant_json({"frobnicate"}, 2).at("error");
    EXPECT_EQ(error.at("code").as_string(), "usage");
    EXPECT_EQ(revenant_json({"list", "--no-such-option"}, 2).at("error").at("code").as_string(), "usage");
}

TEST_F(CliTest, missing_device_times_out) {
    const auto result = revenant({"--deadline", "1", "list"});
    EXPECT_EQ(result.exit, 3);
    EXPECT_NE(result.err.find("no device"), std::string::npos);
    EXPECT_NE(result.err.find(directory.path().string()), std::string::npos);
    EXPECT_EQ(revenant({"--run-dir=/nonexistent"}).exit, 2);  // given twice
}

TEST_F(CliTest, devices_lists_the_device) {
    EXPECT_TRUE(revenant_json({"devices"}).at("devices").as_array().empty());
    start(no_reaction);
    const auto devices = revenant_json({"devices"}).at("devices").as_array();
    ASSERT_EQ(devices.size(), 1U);
    EXPECT_EQ(devices[0].at("serial").as_string(), directory.path().string());
    EXPECT_EQ(devices[0].at("state").as_string(), "ready");
    EXPECT_EQ(device->claims, 0);
    EXPECT_NE(revenant({"devices"}).out.find("ready"), std::string::npos);
}

TEST_F(CliTest, version_shows_both_ends) {
    start([](const Request&) -> test::Reaction { return {VersionResponse{"9.9\x1b[2J", "2026-01-01T00:00:00Z"}}; });
    const auto versions = revenant_json({"version"});
    EXPECT_EQ(versions.at("device").at("version").as_string(), "9.9?[2J");  // no escapes for the terminal
    EXPECT_TRUE(versions.at("host").as_object().contains("build_date"));
}

TEST_F(CliTest, status_shows_marks_by_chain) {
    start_with_keys(no_reaction);
    const auto all = revenant({"status"});
    EXPECT_EQ(all.exit, 0);
    EXPECT_EQ(
        all.out,
        "KEY        ADDRESS                               LOCK      CHAIN            BLOCK         PREATTESTATION  "
        "ATTESTATION  STATE\n"
        "consensus  tz4NwCZN4oPZRo7xHPHRW4an6hzxdhVCHoer  unlocked  NetXo5iVw1vBoxM  1000 round 2  -               "
        "999 round 0  degraded\n"
        "companion  tz4CompanionAddress                   locked    -                -             -               "
        "-            ok\n");
    const auto one = revenant_json({"status", " Consensus "}).at("keys").as_array();
    ASSERT_EQ(one.size(), 1U);
    const auto& chain = one[0].at("chains").at(0);
    EXPECT_EQ(chain.at("chain").as_string(), "NetXo5iVw1vBoxM");
    EXPECT_EQ(chain.at("block").at("level").to_number<int>(), 1000);
    EXPECT_TRUE(chain.at("preattestation").is_null());
    EXPECT_TRUE(chain.at("degraded").as_bool());
    EXPECT_EQ(revenant_json({"status", "other"}, 4).at("error").at("code").as_string(), "no_such_key");
}

TEST_F(CliTest, status_shows_the_reserve) {
    auto& chain = keys[0].chains[0];
    chain.degraded = false;
    chain.reserve = 1004;
    start_with_keys(no_reaction);
    EXPECT_NE(revenant({"status", "--full"}).out.find("    reserve            until level 1004\n"), std::string::npos);
    EXPECT_EQ(revenant_json({"status", "consensus"}).at("keys").at(0).at("chains").at(0).at("reserve"), 1004);
}

TEST_F(CliTest, status_names_levels_reserved_before_a_power_cut) {
    keys[0].chains[0].refused_until = 1004;
    keys[0].chains[0].block = {1004, 2'147'483'647};
    start_with_keys(no_reaction);
    const auto shown = revenant({"status"}).out;
    EXPECT_NE(shown.find("reserved until level 1004"), std::string::npos) << shown;
    EXPECT_NE(shown.find("  up to 1004  "), std::string::npos) << shown;
}

TEST_F(CliTest, status_names_an_unwritten_reserve) {
    keys[0].chains[0].reserve_failed = true;
    start_with_keys(no_reaction);
    EXPECT_NE(revenant({"status"}).out.find("reserve not written"), std::string::npos);
}

TEST_F(CliTest, status_full_has_all_fields) {
    keys[0].proof = "BLsigProof";
    start_with_keys(no_reaction);
    EXPECT_EQ(revenant({"status", "--full"}).out,
              "consensus\n"
              "  address              tz4NwCZN4oPZRo7xHPHRW4an6hzxdhVCHoer\n"
              "  public key           " +
                  std::string{public_key} +
                  "\n"
                  "  proof of possession  BLsigProof\n"
                  "  lock                 unlocked\n"
                  "  on NetXo5iVw1vBoxM   degraded\n"
                  "    block              1000 round 2\n"
                  "    preattestation     -\n"
                  "    attestation        999 round 0\n"
                  "\n"
                  "companion\n"
                  "  address              tz4CompanionAddress\n"
                  "  public key           \n"
                  "  lock                 locked\n"
                  "  signed last          not shown while it is locked\n");
    EXPECT_EQ(revenant({"status", "--full", "other"}).exit, 4);
    EXPECT_EQ(revenant({"list", "--full"}).exit, 2);
    keys[1].lock_state = LockState::unlocked;  // a device that tells of no chains
    keys[1].block = {7, 0};
    EXPECT_NE(
        revenant({"status", "--full", "companion"}).out.find("  signed last          ok\n    block              7"),
        std::string::npos);
}

TEST_F(CliTest, companion_aliases_are_accepted) {
    std::string seen;
    start([&](const Request& request) -> test::Reaction {
        const auto& set = std::get<SetLevelRequest>(request);
        seen = set.key_id + " " + std::to_string(set.level);
        return {OkResponse{true}};
    });
    EXPECT_EQ(revenant({"advanced", "set-level", "key", "77"}).exit, 0);
    EXPECT_EQ(seen, "key 77");
    const auto directory_name = directory.path().string();
    for (const auto* option : {"--device", "-d"})
        EXPECT_EQ(revenant_json({"list-devices", option, directory_name}).at("devices").as_array().size(), 1U);
    EXPECT_EQ(revenant({"-d", "another", "list-devices"}).exit, 2);
    EXPECT_NE(revenant({"advanced", "usb-port-reset"}).err.find("no bus to reset"), std::string::npos);
    EXPECT_NE(revenant({"run", "--listen-address", "0.0.0.0"}).err.find("--client-keys"), std::string::npos);
    EXPECT_NE(revenant({"advanced", "dance"}).err.find("unknown command 'advanced'"), std::string::npos);
}

TEST_F(CliTest, tezsign_n_is_the_limit_of_logs) {
    std::uint32_t limit = 0;
    start([&](const Request& request) -> test::Reaction {
        limit = std::get<LogsRequest>(request).limit;
        return {LogsResponse{}};
    });
    EXPECT_EQ(revenant({"logs", "-n", "7"}).exit, 0);
    EXPECT_EQ(limit, 7U);
    EXPECT_EQ(revenant({"logs"}).exit, 0);
    EXPECT_EQ(limit, 100U);
    EXPECT_NE(revenant({"list", "-n", "7"}).err.find("--limit does not go with list"), std::string::npos);
}

TEST_F(CliTest, tezsign_passphrase_variable_is_for_unlock) {
    std::string passphrase;
    start_with_keys([&](const Request& request) -> test::Reaction {
        passphrase = test::text_of(std::get<UnlockRequest>(request).passphrase);
        return {UnlockResponse{{{"companion", true, ""}}}};
    });
    ::setenv("TEZSIGN_UNLOCK_PASS", "theirs", 1);
    EXPECT_EQ(revenant({"delete", "companion", "--yes"}).exit, 2) << "no passphrase";
    ::setenv("REVENANT_PASSPHRASE", "ours", 1);
    EXPECT_EQ(revenant({"unlock"}).exit, 0);
    EXPECT_EQ(passphrase, "ours");
    EXPECT_EQ(revenant({"unlock"}).exit, 0);
    EXPECT_EQ(passphrase, "theirs");
    EXPECT_EQ(std::getenv("TEZSIGN_UNLOCK_PASS"), nullptr) << "wiped";
}

TEST_F(CliTest, reserved_id_of_a_new_key_is_refused) {
    start([](const Request&) -> test::Reaction { return {NewKeysResponse{}}; });
    for (const auto* id : {"all", "ALL", "-x", "--all"}) {
        ::setenv("REVENANT_PASSPHRASE", "p", 1);
        const auto result = revenant({"new", "--", "baker", id});
        EXPECT_EQ(result.exit, 2) << id;
        EXPECT_NE(result.err.find("choose another id"), std::string::npos) << result.err;
    }
    EXPECT_EQ(revenant({"new", "--", "all-keys", "x-"}).exit, 0);
}

TEST_F(CliTest, kind_depends_on_the_command) {
    EXPECT_NE(revenant({"new", "--kind", "sign"}).err.find("--kind is 'sign': expected tz4 or tz1"), std::string::npos);
    EXPECT_NE(revenant({"bench", "--kind", "tz4"}).err.find("--kind is 'tz4': expected sign or status"),
              std::string::npos);
}

TEST_F(CliTest, options_of_commands_are_not_settings) {
    const auto file = (directory.path() / "host.conf").string();
    for (const std::string name :
         {"yes", "kind", "count", "in-flight", "keys", "file", "limit", "full", "deterministic", "chain",
          "with-passphrase", "json", "passphrase-fd", "passphrase-env", "listen"}) {
        std::ofstream{file} << name << " = true\n";
        const auto result = revenant({"delete", "key", "--config", file});
        EXPECT_EQ(result.exit, 2) << name;
        EXPECT_NE(result.err.find("'" + name + "' is not a setting but an option"), std::string::npos) << result.err;
    }
    ::setenv("REVENANT_YES", "true", 1);
    const auto result = revenant({"delete", "key"});
    ::unsetenv("REVENANT_YES");
    EXPECT_EQ(result.exit, 2);
    EXPECT_NE(result.err.find("REVENANT_YES: 'yes' is not a setting"), std::string::npos) << result.err;
}

}  // namespace
}  // namespace revenant::host
