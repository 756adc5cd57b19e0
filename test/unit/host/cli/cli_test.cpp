#include "host/cli/cli.hpp"

#include <csignal>
#include <fstream>
#include <sstream>

#include <boost/json/parse.hpp>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sodium.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "common/tezos/text.hpp"
#include "host/cli/load.hpp"
#include "host/error/error.hpp"
#include "test/support/basics/secret_text.hpp"
#include "test/support/basics/temporary_directory.hpp"
#include "test/unit/host/channel/fake_device.hpp"

namespace revenant::host {
namespace {

namespace json = boost::json;

// A worked example of the tz4 signature scheme.
constexpr auto address = "tz4NwCZN4oPZRo7xHPHRW4an6hzxdhVCHoer";
constexpr auto public_key = "BLpk1zKCZWUm6fXHxeLZY8jyv8m4cNKvYtM1yVC6uE9fViEGwU5CMRF8kL1DUKtdaqYmX71FJPCe";
constexpr auto payload =
    "13b3d79f99111111111111111111111111111111111111111111111111111111111111111129000003e8000000022222222222222222222222"
    "22"
    "2222222222222222222222222222222222222222";
constexpr auto signature =
    "BLsigAHk6sUjzmetx2GG7E8bataG5U5XVaTWeSKxaKCNqFp3tfPZgaZHGWh3vs8q4pxn3uPJT33D7rFPRgRwMFkMBfm7mYRzcb9fBfrqDy5kytXHKV"
    "BJeC"
    "QFg19rpDJgcES9WpYHuWCfFB";

struct Result {
    int exit = -1;
    std::string out, err;
};

std::string hex_of(ByteView bytes) {
    std::string hex(bytes.size() * 2 + 1, '\0');
    sodium_bin2hex(hex.data(), hex.size(), bytes.data(), bytes.size());
    hex.pop_back();
    return hex;
}

class CliTest : public ::testing::Test {
protected:
    static void SetUpTestSuite() {
        ASSERT_GE(sodium_init(), 0);
        // No test may wait for a person: there is no terminal.
        if (const int terminal = ::open("/dev/tty", O_RDWR); terminal >= 0) {
            ::ioctl(terminal, TIOCNOTTY);
            ::close(terminal);
        }
    }
    void TearDown() override { ::unsetenv("REVENANT_PASSPHRASE"); }

    Result revenant(std::vector<std::string> words) const {
        std::vector<std::string> all{"revenant", "--bus", "loopback", "--run-dir", directory.path().string()};
        all.insert(all.end(), words.begin(), words.end());
        std::vector<const char*> argv;
        for (const auto& word : all)
            argv.push_back(word.c_str());
        std::ostringstream out, err;
        const int exit = run_cli(static_cast<int>(argv.size()), argv.data(), environ, out, err);
        return {exit, out.str(), err.str()};
    }
    json::value revenant_json(std::vector<std::string> words, int exit = 0) const {
        words.insert(words.begin(), "--json");
        const auto result = revenant(std::move(words));
        EXPECT_EQ(result.exit, exit) << result.out;
        EXPECT_EQ(result.err, "");
        return json::parse(result.out);
    }

    void start(std::function<test::Reaction(const Request&)> react) {
        device.emplace(directory.path(), std::move(react));
    }
    /// A device that answers the status with `keys`, and anything else by `react`.
    void start_with_keys(std::function<test::Reaction(const Request&)> react) {
        start([this, react = std::move(react)](const Request& request) -> test::Reaction {
            if (std::holds_alternative<StatusRequest>(request))
                return {StatusResponse{keys}};
            return react(request);
        });
    }
    static test::Reaction refuse(ErrorCode code, const std::string& message) { return {ErrorResponse{code, message}}; }

    static std::vector<KeyStatus> two_keys() {
        KeyStatus open;
        open.key_id = "consensus";
        open.lock_state = LockState::unlocked;
        open.address = address;
        open.public_key = public_key;
        open.block = {1000, 2};
        open.chains.push_back({{0xb3, 0xd7, 0x9f, 0x99}, {1000, 2}, {}, {999, 0}, true});
        KeyStatus shut;
        shut.key_id = "companion";
        shut.lock_state = LockState::locked;
        shut.address = "tz4CompanionAddress";
        return {open, shut};
    }

    test::TemporaryDirectory directory;
    std::vector<KeyStatus> keys = two_keys();
    std::optional<test::FakeDevice> device;
};

test::Reaction no_reaction(const Request& /*request*/) {
    return {};
}

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

TEST_F(CliTest, list_shows_keys_or_how_to_make_one) {
    start_with_keys(no_reaction);
    EXPECT_EQ(revenant_json({"list"}).at("keys").as_array().size(), 2U);
    keys.clear();
    EXPECT_NE(revenant({"list"}).out.find("revenant new"), std::string::npos);
}

TEST_F(CliTest, unlock_without_ids_takes_all_locked_keys) {
    std::string passphrase;
    std::vector<std::string> ids;
    start_with_keys([&](const Request& request) -> test::Reaction {
        const auto& unlock = std::get<UnlockRequest>(request);
        passphrase = test::text_of(unlock.passphrase);
        ids = unlock.key_ids;
        return {UnlockResponse{{{ids.at(0), true, ""}}}};
    });
    ::setenv("REVENANT_PASSPHRASE", "correct horse", 1);
    const auto result = revenant({"unlock"});
    EXPECT_EQ(result.exit, 0) << result.err;
    EXPECT_EQ(passphrase, "correct horse");
    EXPECT_EQ(ids, std::vector<std::string>{"companion"});
    EXPECT_EQ(std::getenv("REVENANT_PASSPHRASE"), nullptr);
}

TEST_F(CliTest, results_of_single_keys_decide_the_exit_code) {
    std::string error;
    start_with_keys([&](const Request&) -> test::Reaction {
        return {UnlockResponse{{{"one", true, ""}, {"two", false, error}}}};
    });
    const auto unlock = [&] {
        ::setenv("REVENANT_PASSPHRASE", "p", 1);
        return revenant({"unlock", "one", "two"});
    };
    error = "the passphrase is wrong";
    EXPECT_EQ(unlock().exit, 5);
    error = "there is no such key";
    const auto result = unlock();
    EXPECT_EQ(result.exit, 4);
    EXPECT_NE(result.out.find("failed: there is no such key"), std::string::npos);
}

TEST_F(CliTest, the_devices_error_code_is_shown) {
    auto code = ErrorCode::set_level_failed;
    start([&](const Request&) { return refuse(code, "the level is too far"); });
    const auto error = revenant_json({"set-level", "key", "5"}, 4).at("error");
    EXPECT_EQ(error.at("device_code").to_number<int>(), 80);
    EXPECT_NE(error.at("message").as_string().find("the level is too far"), json::string::npos);
    code = ErrorCode::throttled;
    EXPECT_EQ(revenant({"set-level", "key", "5"}).exit, 5);
    code = ErrorCode::delete_wrong_passphrase;
    EXPECT_EQ(revenant({"set-level", "key", "5"}).exit, 5);
}

TEST_F(CliTest, set_level_sends_what_was_typed) {
    std::string chain, passphrase;
    std::uint64_t level = 0;
    start([&](const Request& request) -> test::Reaction {
        const auto& set = std::get<SetLevelRequest>(request);
        level = set.level;
        chain = hex_of(set.chain_id);
        passphrase = test::text_of(set.passphrase);
        return {OkResponse{true}};
    });
    ::setenv("REVENANT_PASSPHRASE", "secret", 1);
    EXPECT_EQ(revenant({"set-level", "key", "77"}).exit, 0);
    EXPECT_EQ(level, 77U);
    EXPECT_EQ(chain, "");
    EXPECT_EQ(passphrase, "");  // not without the flag
    EXPECT_EQ(revenant({"set-level", "key", "78", "--chain", "NetXo5iVw1vBoxM", "--with-passphrase"}).exit, 0);
    EXPECT_EQ(chain, "b3d79f99");
    EXPECT_EQ(passphrase, "secret");
}

TEST_F(CliTest, init_new_lock_delete_and_logs_send_what_was_typed) {
    std::string seen;
    start([&](const Request& request) -> test::Reaction {
        if (const auto* init = std::get_if<InitMasterRequest>(&request)) {
            seen = "init " + test::text_of(init->passphrase) + (init->deterministic ? " deterministic" : "");
            return {OkResponse{true}};
        }
        if (const auto* create = std::get_if<NewKeysRequest>(&request)) {
            seen = "new " + create->key_ids.at(0) + (create->kind == KeyKind::tz1 ? " tz1" : " tz4");
            return {NewKeysResponse{{{"key", "edpk", "tz1", true, ""}}}};
        }
        if (const auto* lock = std::get_if<LockRequest>(&request)) {
            seen = "lock " + lock->key_ids.at(0);
            return {LockResponse{{{"key", true, ""}}}};
        }
        if (const auto* erase = std::get_if<DeleteKeysRequest>(&request)) {
            seen = "delete " + erase->key_ids.at(1) + " " + test::text_of(erase->passphrase);
            return {DeleteKeysResponse{{{"key", true, ""}}}};
        }
        seen = "logs " + std::to_string(std::get<LogsRequest>(request).limit);
        return {LogsResponse{{"older", "newer\twith a tab"}}};
    });
    const auto with_passphrase = [&](std::vector<std::string> words) {
        ::setenv("REVENANT_PASSPHRASE", "secret", 1);
        return revenant(std::move(words)).exit;
    };
    EXPECT_EQ(with_passphrase({"init", "--deterministic"}), 0);
    EXPECT_EQ(seen, "init secret deterministic");
    EXPECT_EQ(with_passphrase({"new", "KEY", "--kind", "tz1"}), 0);
    EXPECT_EQ(seen, "new key tz1");
    EXPECT_EQ(revenant({"lock", "key"}).exit, 0);
    EXPECT_EQ(seen, "lock key");
    EXPECT_EQ(with_passphrase({"delete", "key", "other"}), 2);  // nobody to confirm it
    EXPECT_EQ(seen, "lock key");
    EXPECT_EQ(with_passphrase({"delete", "key", "other", "--yes"}), 0);
    EXPECT_EQ(seen, "delete other secret");
    EXPECT_EQ(revenant({"logs", "--limit", "7"}).out, "older\nnewer?with a tab\n");
    EXPECT_EQ(seen, "logs 7");
}

TEST_F(CliTest, signs_by_id_and_by_address_and_verifies) {
    auto answer = tezos::parse_signature(signature)->bytes;
    std::string asked;
    start_with_keys([&](const Request& request) -> test::Reaction {
        const auto& sign = std::get<SignRequest>(request);
        asked = sign.address + " " + hex_of(sign.message);
        return {SignResponse{answer}};
    });
    const auto by_id = revenant({"sign", "consensus", payload});
    EXPECT_EQ(by_id.exit, 0) << by_id.err;
    EXPECT_EQ(by_id.out, std::string{signature} + "\n");
    EXPECT_EQ(asked, std::string{address} + " " + payload);
    EXPECT_EQ(revenant_json({"sign", address, payload}).at("signature").as_string(), signature);

    Bytes raw(78);
    sodium_hex2bin(raw.data(), raw.size(), payload, std::string{payload}.size(), nullptr, nullptr, nullptr);
    const auto file = (directory.path() / "payload").string();
    std::ofstream{file}.write(reinterpret_cast<const char*>(raw.data()), static_cast<std::streamsize>(raw.size()));
    EXPECT_EQ(revenant({"sign", "consensus", "--file", file}).out, by_id.out);

    EXPECT_EQ(revenant({"sign", "other", payload}).exit, 4);
    answer.back() ^= 1;
    const auto forged = revenant({"sign", "consensus", payload});
    EXPECT_EQ(forged.exit, 1);
    EXPECT_EQ(forged.out, "");
}

TEST_F(CliTest, unknown_outcome_shows_the_state) {
    start_with_keys([&](const Request& request) -> test::Reaction {
        if (std::holds_alternative<InitInfoRequest>(request))
            return {InitInfoResponse{true, false}};
        return {{}, true};  // the gadget restarts with the request in its hands
    });
    ::setenv("REVENANT_PASSPHRASE", "secret", 1);
    const auto result = revenant({"init"});
    EXPECT_EQ(result.exit, 6);
    EXPECT_NE(result.err.find("outcome is unknown"), std::string::npos);
    EXPECT_NE(result.out.find("The device is initialised"), std::string::npos);
    EXPECT_NE(result.out.find("consensus"), std::string::npos);
    ::setenv("REVENANT_PASSPHRASE", "secret", 1);
    const auto document = revenant_json({"init"}, 6);
    EXPECT_EQ(document.at("error").at("code").as_string(), "outcome_unknown");
    EXPECT_EQ(document.at("state").at("keys").as_array().size(), 2U);
}

TEST_F(CliTest, restarted_gadget_gets_safe_request_again) {
    int asked = 0;
    start([&](const Request&) -> test::Reaction {
        if (++asked == 1)
            return {{}, true};
        return {VersionResponse{"1", "now"}};
    });
    EXPECT_EQ(revenant({"version"}).exit, 0);
    EXPECT_GE(asked, 2);  // more when a request crossed a retry frame on its way: a real gadget knows the id
}

TEST_F(CliTest, signal_ends_the_wait) {
    start([](const Request&) -> test::Reaction {
        ::kill(::getpid(), SIGINT);
        return {};
    });
    const auto result = revenant({"version"});
    ::alarm(0);  // the program would be over by now
    EXPECT_EQ(result.exit, 130);
    EXPECT_NE(result.err.find("interrupted"), std::string::npos);
}

TEST_F(CliTest, bench_signs_consecutive_levels_on_its_own_chain) {
    keys[0].chains.push_back({{bench_chain.begin(), bench_chain.end()}, {}, {}, {40, 0}, false});
    std::vector<Bytes> messages;
    start_with_keys([&](const Request& request) -> test::Reaction {
        messages.push_back(std::get<SignRequest>(request).message);
        return {SignResponse{Bytes(96)}};
    });
    const auto report = revenant_json({"bench", "--count", "20", "--in-flight", "4"});
    EXPECT_EQ(report.at("answered").to_number<int>(), 20);
    EXPECT_GT(report.at("per_second").to_number<double>(), 0);
    EXPECT_GT(report.at("latency_us").at("p99").to_number<double>(), 0);
    ASSERT_EQ(messages.size(), 21U);  // one to warm up
    for (std::size_t index = 0; index < messages.size(); ++index)
        EXPECT_EQ(messages[index], attestation(tezos::Curve::bls, static_cast<std::int32_t>(41 + index)));
    EXPECT_EQ(revenant({"bench", "--keys", "companion"}).exit, 4);  // locked
    EXPECT_EQ(revenant_json({"bench", "--kind", "status", "--count", "5"}).at("asked").to_number<int>(), 5);
    EXPECT_EQ(messages.size(), 21U);
}

TEST_F(CliTest, bench_counts_what_was_refused) {
    start_with_keys([&](const Request&) { return refuse(ErrorCode::stale_watermark, "stale"); });
    const auto report = revenant_json({"bench", "--count", "3"}, 1);
    EXPECT_EQ(report.at("errors").at("error 33: stale").to_number<int>(), 3);
    EXPECT_EQ(report.at("answered").to_number<int>(), 0);
}

}  // namespace
}  // namespace revenant::host
