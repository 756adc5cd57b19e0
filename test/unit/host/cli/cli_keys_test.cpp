#include <csignal>
#include <fstream>

#include "common/tezos/text.hpp"
#include "host/cli/load.hpp"
#include "host/error/error.hpp"
#include "test/support/basics/secret_text.hpp"
#include "test/support/basics/vectors.hpp"
#include "test/unit/host/cli/cli_fixture.hpp"

namespace revenant::host {
namespace {

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
        chain = test::hex(set.chain_id);
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
        asked = sign.address + " " + test::hex(sign.message);
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
