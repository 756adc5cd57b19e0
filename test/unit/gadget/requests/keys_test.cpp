#include "test/unit/gadget/requests/gadget_handlers.hpp"

namespace revenant::gadget {
namespace {

using namespace test;

class gadget_keys : public HandlersTest {};

TEST_F(gadget_keys, init_creates_master_once) {
    with_handlers([&]() -> awaitable<void> {
        auto info = co_await answer_to(InitInfoRequest{});
        EXPECT_FALSE(std::get<InitInfoResponse>(info).master_present);
        InitMasterRequest bare;
        auto answer = co_await answer_to(std::move(bare));
        EXPECT_EQ(code(answer), 60U);
        InitMasterRequest init{true, secret(passphrase)};
        answer = co_await answer_to(std::move(init));
        EXPECT_TRUE(std::get<OkResponse>(answer).ok);
        info = co_await answer_to(InitInfoRequest{});
        EXPECT_TRUE(std::get<InitInfoResponse>(info).master_present);
        EXPECT_TRUE(std::get<InitInfoResponse>(info).deterministic);
        InitMasterRequest again{true, secret(passphrase)};
        answer = co_await answer_to(std::move(again));
        EXPECT_EQ(code(answer), 61U);
    });
}

TEST_F(gadget_keys, unlock_reports_missing_fields_and_each_key) {
    init();
    create("a");
    create("b");
    with_handlers([&]() -> awaitable<void> {
        auto answer = co_await answer_to(unlock_request({}, passphrase));
        EXPECT_EQ(code(answer), 10U);
        const std::vector<std::string> names{" A", "nobody", "b"};
        answer = co_await answer_to(unlock_request(names, ""));
        EXPECT_EQ(code(answer), 11U);
        answer = co_await answer_to(unlock_request(names, passphrase));
        const auto& results = std::get<UnlockResponse>(answer).results;
        EXPECT_EQ(results.size(), 3U);
        EXPECT_TRUE(results[0].ok);
        EXPECT_EQ(results[0].key_id, " A") << "id as given in the request";
        EXPECT_FALSE(results[1].ok);
        EXPECT_FALSE(results[1].error.empty());
        EXPECT_TRUE(results[2].ok);
        EXPECT_EQ(keys.size(), 2U);
        answer = co_await answer_to(unlock_request(names, passphrase));
        EXPECT_EQ(keys.size(), 2U) << "no duplicate";
    });
}

TEST_F(gadget_keys, wrong_passphrases_fail_then_throttle) {
    init();
    create("a");
    with_handlers([&]() -> awaitable<void> {
        const std::vector<std::string> names{"a"};
        for (int attempt = 0; attempt < 5; ++attempt) {
            const auto answer = co_await answer_to(unlock_request(names, "wrong"));
            EXPECT_EQ(code(answer), 0U);
            EXPECT_FALSE(std::get<UnlockResponse>(answer).results.at(0).ok);
        }
        auto answer = co_await answer_to(unlock_request(names, passphrase));
        EXPECT_EQ(code(answer), 12U);
        NewKeysRequest more{names, secret(passphrase)};
        answer = co_await answer_to(std::move(more));
        EXPECT_EQ(code(answer), 12U);
        DeleteKeysRequest gone{names, secret(passphrase)};
        answer = co_await answer_to(std::move(gone));
        EXPECT_EQ(code(answer), 92U);
        SetLevelRequest level{"a", 5, secret(passphrase)};
        answer = co_await answer_to(std::move(level));
        EXPECT_EQ(code(answer), 12U);
        EXPECT_EQ(keys.size(), 0U);
    });
}

TEST_F(gadget_keys, new_keys_of_both_kinds_get_default_ids) {
    init();
    with_handlers([&]() -> awaitable<void> {
        NewKeysRequest bare;
        auto answer = co_await answer_to(std::move(bare));
        EXPECT_EQ(code(answer), 11U);
        NewKeysRequest automatic{{}, secret(passphrase)};
        answer = co_await answer_to(std::move(automatic));
        const auto bls = std::get<NewKeysResponse>(answer).results.at(0);
        EXPECT_TRUE(bls.ok);
        EXPECT_EQ(bls.key_id, "key1");
        EXPECT_EQ(bls.address.substr(0, 3), "tz4");
        EXPECT_EQ(bls.public_key.substr(0, 4), "BLpk");
        NewKeysRequest named{{"Mine", "../x", "mine"}, secret(passphrase), KeyKind::tz1};
        answer = co_await answer_to(std::move(named));
        const auto& results = std::get<NewKeysResponse>(answer).results;
        EXPECT_TRUE(results.at(0).ok);
        EXPECT_EQ(results[0].key_id, "mine");
        EXPECT_EQ(results[0].address.substr(0, 3), "tz1");
        EXPECT_FALSE(results.at(1).ok);
        EXPECT_FALSE(results.at(2).ok) << "the id is taken";
    });
}

TEST_F(gadget_keys, lock_is_immediate_and_wipes) {
    init();
    create_unlocked("a");
    create("b");
    std::weak_ptr<keystore::OpenKey> open = keys.by_id("a");
    with_handlers([&]() -> awaitable<void> {
        EXPECT_EQ(code_of(LockRequest{}), 20U);
        LockRequest request{{"A", "b", "nobody"}};
        const auto answer = ask(std::move(request));
        EXPECT_EQ(keys.size(), 0U) << "at once";
        co_await until([&] { return answer->has_value(); });
        const auto& results = std::get<LockResponse>(**answer).results;
        EXPECT_TRUE(results.at(0).ok);
        EXPECT_TRUE(results.at(1).ok) << "already locked";
        EXPECT_FALSE(results.at(2).ok);
        EXPECT_TRUE(open.expired()) << "the key is destroyed";
    });
}

TEST_F(gadget_keys, delete_removes_unlocked_key) {
    init();
    create_unlocked("a");
    with_handlers([&]() -> awaitable<void> {
        DeleteKeysRequest nothing{{}, secret(passphrase)};
        auto answer = co_await answer_to(std::move(nothing));
        EXPECT_EQ(code(answer), 90U);
        DeleteKeysRequest bare{{"a"}};
        answer = co_await answer_to(std::move(bare));
        EXPECT_EQ(code(answer), 91U);
        DeleteKeysRequest wrong{{"a"}, secret("wrong")};
        answer = co_await answer_to(std::move(wrong));
        EXPECT_EQ(code(answer), 93U);
        EXPECT_EQ(keys.size(), 1U);
        DeleteKeysRequest right{{"A", "nobody"}, secret(passphrase)};
        answer = co_await answer_to(std::move(right));
        const auto& results = std::get<DeleteKeysResponse>(answer).results;
        EXPECT_TRUE(results.at(0).ok);
        EXPECT_FALSE(results.at(1).ok);
        EXPECT_EQ(keys.size(), 0U);
        EXPECT_TRUE(store->identities().empty());
    });
}

TEST_F(gadget_keys, set_level_needs_unlocked_key_or_passphrase) {
    init();
    create("a");
    with_handlers([&]() -> awaitable<void> {
        SetLevelRequest bare{"a", 10};
        auto answer = co_await answer_to(std::move(bare));
        EXPECT_EQ(code(answer), 80U);
        SetLevelRequest wrong{"a", 10, secret("wrong"), {1, 1, 1, 1}};
        answer = co_await answer_to(std::move(wrong));
        EXPECT_EQ(code(answer), 80U);
        SetLevelRequest misspelt{"a", 10, secret(passphrase), {1, 1, 1}};
        answer = co_await answer_to(std::move(misspelt));
        EXPECT_EQ(code(answer), 80U);
        SetLevelRequest nobody{"nobody", 10, secret(passphrase)};
        answer = co_await answer_to(std::move(nobody));
        EXPECT_EQ(code(answer), 80U);
        SetLevelRequest right{"A", 10, secret(passphrase), {1, 1, 1, 1}};
        answer = co_await answer_to(std::move(right));
        EXPECT_TRUE(std::holds_alternative<OkResponse>(answer));
        EXPECT_EQ(keys.size(), 0U) << "still locked";
    });
}

TEST_F(gadget_keys, status_shows_level_set_before_any_chain) {
    init();
    create("a");
    with_handlers([&]() -> awaitable<void> {
        const std::vector<std::string> names{"a"};
        co_await answer_to(unlock_request(names, passphrase));
        SetLevelRequest level{"a", 5000};
        auto answer = co_await answer_to(std::move(level));
        EXPECT_TRUE(std::holds_alternative<OkResponse>(answer));
        StatusRequest status;
        const auto shown = co_await answer_to(std::move(status));
        const auto& key = std::get<StatusResponse>(shown).keys.at(0);
        EXPECT_TRUE(key.chains.empty());
        for (const auto& mark : {key.block, key.preattestation, key.attestation})
            EXPECT_TRUE(mark.level == 5000 && mark.round == 0) << mark.level;
        SetLevelRequest lower{"a", 4000};
        answer = co_await answer_to(std::move(lower));
        EXPECT_EQ(code(answer), 80U) << "below the mark";
        EXPECT_NE(std::get<ErrorResponse>(answer).message.find("5000"), std::string::npos);
    });
}

}  // namespace
}  // namespace revenant::gadget
