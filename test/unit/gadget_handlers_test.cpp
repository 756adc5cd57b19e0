#include <latch>
#include <optional>

#include "common/version.hpp"
#include "gadget/handlers.hpp"
#include "test/unit/gadget_fixture.hpp"

namespace revenant {
namespace {

using namespace test;

UnlockRequest unlock_request(std::vector<std::string> ids, std::string_view with) {
    return {std::move(ids), with.empty() ? Secret{} : secret(with)};
}

class gadget_handlers : public Device {
protected:
    using Answer = std::shared_ptr<std::optional<Response>>;

    template <typename Body>
    void with_handlers(Body body) {
        run([&]() -> awaitable<void> {
            const auto executor = co_await asio::this_coro::executor;
            Workers signers{executor, 1, 1};
            Workers managers{executor, 1, 1};
            Handlers handlers{*store, keys, log, signers, managers, counters};
            subject = &handlers;
            jobs = &managers;
            co_await body();
            gate.open();
            co_await managers.drained();
        });
    }
    Answer ask(Request request, Interface interface = Interface::management) {
        auto answer = std::make_shared<std::optional<Response>>();
        subject->handle(interface, std::move(request), [answer](const Response& response) {
            EXPECT_FALSE(*answer) << "answered twice";
            *answer = response;
        });
        return answer;
    }
    awaitable<Response> answer_to(Request request, Interface interface = Interface::management) {
        const auto answer = ask(std::move(request), interface);
        co_await until([&] { return answer->has_value(); });
        co_return **answer;
    }
    /// The code of an answer that must come at once.
    std::uint32_t code_of(Request request, Interface interface = Interface::management) {
        const auto answer = ask(std::move(request), interface);
        return *answer ? code(**answer) : 9999;
    }

    Counters counters;
    Handlers* subject = nullptr;
    Workers* jobs = nullptr;
};

TEST_F(gadget_handlers, each_request_has_its_interface) {
    with_handlers([&]() -> awaitable<void> {
        EXPECT_EQ(code_of(SignRequest{}, Interface::management), 1001U);
        EXPECT_EQ(code_of(UnlockRequest{}, Interface::sign), 98U);
        EXPECT_EQ(code_of(LockRequest{}, Interface::sign), 98U);
        EXPECT_EQ(code_of(NewKeysRequest{}, Interface::sign), 98U);
        EXPECT_EQ(code_of(LogsRequest{}, Interface::sign), 98U);
        EXPECT_EQ(code_of(InitMasterRequest{}, Interface::sign), 98U);
        EXPECT_EQ(code_of(InitInfoRequest{}, Interface::sign), 98U);
        EXPECT_EQ(code_of(SetLevelRequest{}, Interface::sign), 98U);
        EXPECT_EQ(code_of(DeleteKeysRequest{}, Interface::sign), 98U);
        for (const auto interface : {Interface::sign, Interface::management}) {
            EXPECT_EQ(code_of(std::monostate{}, interface), 1000U);
            EXPECT_EQ(code_of(StatusRequest{}, interface), 0U);
            EXPECT_EQ(code_of(VersionRequest{}, interface), 0U);
        }
        EXPECT_EQ(code_of(SignRequest{}, Interface::sign), 31U);
        co_return;
    });
}

TEST_F(gadget_handlers, says_what_it_is) {
    with_handlers([&]() -> awaitable<void> {
        const auto answer = co_await answer_to(VersionRequest{});
        const auto& response = std::get<VersionResponse>(answer);
        EXPECT_EQ(response.version, version);
        EXPECT_EQ(response.build_date.back(), 'Z');
    });
}

TEST_F(gadget_handlers, init_makes_the_master_once) {
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

TEST_F(gadget_handlers, unlock_says_what_it_lacks_and_opens_each_key_by_itself) {
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
        EXPECT_EQ(results[0].key_id, " A") << "as it was asked";
        EXPECT_FALSE(results[1].ok);
        EXPECT_FALSE(results[1].error.empty());
        EXPECT_TRUE(results[2].ok);
        EXPECT_EQ(keys.size(), 2U);
        answer = co_await answer_to(unlock_request(names, passphrase));
        EXPECT_EQ(keys.size(), 2U) << "twice is once";
    });
}

TEST_F(gadget_handlers, a_wrong_passphrase_fails_each_key_and_too_many_are_throttled) {
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

TEST_F(gadget_handlers, new_keys_are_made_of_either_kind_and_named_when_they_are_not) {
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

TEST_F(gadget_handlers, lock_is_answered_at_once_and_wipes) {
    init();
    create_unlocked("a");
    create("b");
    std::weak_ptr<keystore::OpenKey> open = keys.by_id("a");
    with_handlers([&]() -> awaitable<void> {
        EXPECT_EQ(code_of(LockRequest{}), 20U);
        LockRequest request{{"A", "b", "nobody"}};
        const auto answer = ask(std::move(request));
        EXPECT_TRUE(answer->has_value());
        const auto& results = std::get<LockResponse>(**answer).results;
        EXPECT_TRUE(results.at(0).ok);
        EXPECT_TRUE(results.at(1).ok) << "it was locked already";
        EXPECT_FALSE(results.at(2).ok);
        EXPECT_TRUE(open.expired()) << "nothing of the key is left in memory";
        co_return;
    });
}

TEST_F(gadget_handlers, delete_says_what_it_lacks_and_removes_the_key_though_it_is_unlocked) {
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

TEST_F(gadget_handlers, status_shows_marks_of_unlocked_keys_and_only_the_identity_of_locked_ones) {
    init();
    const auto open = create_unlocked("open");
    const auto locked = create("locked");
    SetLevelRequest level{"open", 70};
    level.chain_id = {1, 1, 1, 1};
    SetLevelRequest other{"open", 50};
    other.chain_id = {2, 2, 2, 2};
    with_handlers([&]() -> awaitable<void> {
        co_await answer_to(std::move(level));
        co_await answer_to(std::move(other));
        const auto answer = co_await answer_to(StatusRequest{}, Interface::sign);
        const auto& status = std::get<StatusResponse>(answer).keys;
        EXPECT_EQ(status.size(), 2U);
        EXPECT_EQ(status[0].key_id, "locked");
        EXPECT_EQ(status[0].lock_state, LockState::locked);
        EXPECT_EQ(status[0].address, locked.address);
        EXPECT_EQ(status[0].public_key, locked.public_key);
        EXPECT_TRUE(status[0].chains.empty());
        EXPECT_EQ(status[0].block.level, 0U);
        EXPECT_EQ(status[1].lock_state, LockState::unlocked);
        EXPECT_EQ(status[1].address, open.address);
        EXPECT_EQ(status[1].chains.size(), 2U);
        EXPECT_EQ(status[1].block.level, 70U) << "the highest of all chains";
        EXPECT_EQ(status[1].attestation.level, 70U);
        EXPECT_EQ(status[1].chains.at(1).preattestation.level, 50U);
        EXPECT_EQ(status[1].chains.at(1).chain_id, (Bytes{2, 2, 2, 2}));
        keys.remove("open");
        const auto later = co_await answer_to(StatusRequest{});
        EXPECT_TRUE(std::get<StatusResponse>(later).keys.at(1).chains.empty());
    });
}

TEST_F(gadget_handlers, set_level_needs_the_key_unlocked_or_the_passphrase) {
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
        EXPECT_EQ(keys.size(), 0U) << "it is as locked as before";
    });
}

TEST_F(gadget_handlers, logs_are_an_error_where_none_are_kept_and_the_newest_lines_where_they_are) {
    with_handlers([&]() -> awaitable<void> {
        auto answer = co_await answer_to(LogsRequest{});
        EXPECT_EQ(code(answer), 50U);
        const auto before = spdlog::default_logger();
        log = start_logging("test", {"info", directory.path() / "log", 0});
        spdlog::set_level(spdlog::level::info);
        spdlog::info("one");
        spdlog::info("two");
        spdlog::info("three");
        spdlog::default_logger()->flush();
        LogsRequest request{2};
        answer = co_await answer_to(std::move(request));
        const auto& lines = std::get<LogsResponse>(answer).lines;
        EXPECT_EQ(lines.size(), 2U);
        EXPECT_TRUE(lines.at(0).ends_with("two"));
        EXPECT_TRUE(lines.at(1).ends_with("three"));
        std::filesystem::remove(directory.path() / "log");
        answer = co_await answer_to(LogsRequest{});
        EXPECT_EQ(code(answer), 51U);
        spdlog::set_default_logger(before);
    });
}

TEST_F(gadget_handlers, management_is_busy_when_its_queue_is_full_and_the_loop_goes_on) {
    init();
    create("a");
    with_handlers([&]() -> awaitable<void> {
        gate.close();  // the throttle's count is written before the passphrase is checked
        const std::vector<std::string> names{"a"};
        const auto first = ask(unlock_request(names, passphrase));
        const auto second = ask(unlock_request(names, passphrase));
        co_await until([&] { return gate.waiting() == 1; });
        EXPECT_EQ(code_of(unlock_request(names, passphrase)), 99U);
        EXPECT_EQ(counters.busy, 1U);
        EXPECT_EQ(code_of(StatusRequest{}), 0U) << "what does not block is answered";
        EXPECT_EQ(code_of(SignRequest{}, Interface::sign), 31U);
        co_await settle();
        EXPECT_FALSE(*first);
        EXPECT_EQ(gate.waiting(), 1U) << "one at a time";
        gate.open();
        co_await until([&] { return first->has_value() && second->has_value(); });
        EXPECT_EQ(code(**first), 0U);
        EXPECT_EQ(jobs->jobs(), 0U);
        auto answer = co_await answer_to(unlock_request(names, passphrase));
        EXPECT_EQ(code(answer), 0U);
    });
}

TEST_F(gadget_handlers, only_the_request_that_runs_has_an_age) {
    init();
    with_handlers([&]() -> awaitable<void> {
        gate.close();
        const std::vector<std::string> names{"a"};
        const auto first = ask(unlock_request(names, passphrase));
        const auto second = ask(unlock_request(names, passphrase));
        co_await until([&] { return gate.waiting() == 1; });
        co_await until([&] { return jobs->oldest() > 5ms; });
        const auto since = Workers::Clock::now();
        gate.open();
        co_await until([&] { return first->has_value(); });
        EXPECT_LE(jobs->oldest(), Workers::Clock::now() - since) << "the second did not age while it waited";
        co_await until([&] { return second->has_value(); });
    });
}

TEST_F(gadget_handlers, everything_is_busy_once_closed) {
    init();
    with_handlers([&]() -> awaitable<void> {
        subject->close();
        EXPECT_EQ(code_of(SignRequest{}, Interface::sign), 99U);
        EXPECT_EQ(code_of(StatusRequest{}), 99U);
        EXPECT_EQ(code_of(InitInfoRequest{}), 99U);
        co_return;
    });
}

}  // namespace
}  // namespace revenant
