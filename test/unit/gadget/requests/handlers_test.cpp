#include <spdlog/spdlog.h>

#include "common/core/version.hpp"
#include "test/unit/gadget/requests/gadget_handlers.hpp"

namespace revenant::gadget {
namespace {

using namespace test;

class gadget_handlers : public HandlersTest {};

TEST_F(gadget_handlers, requests_restricted_to_their_interface) {
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

TEST_F(gadget_handlers, version_request_is_answered) {
    with_handlers([&]() -> awaitable<void> {
        const auto answer = co_await answer_to(VersionRequest{});
        const auto& response = std::get<VersionResponse>(answer);
        EXPECT_EQ(response.version, version);
        EXPECT_EQ(response.build_date.back(), 'Z');
    });
}

TEST_F(gadget_handlers, status_shows_marks_of_unlocked_keys_only) {
    init();
    const auto open = create_unlocked("open");
    const auto locked = create("locked");
    SetLevelRequest level{"open", 70};
    level.chain_id = {1, 1, 1, 1};
    SetLevelRequest other{"open", 50};
    other.chain_id = {2, 2, 2, 2};
    LockRequest lock;
    lock.key_ids = {"open"};
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
        co_await answer_to(std::move(lock));
        const auto later = co_await answer_to(StatusRequest{});
        EXPECT_TRUE(std::get<StatusResponse>(later).keys.at(1).chains.empty());
    });
}

TEST_F(gadget_handlers, status_is_built_once_per_change) {
    init();
    const auto key = create_unlocked("a");
    with_handlers([&]() -> awaitable<void> {
        std::uint64_t level = 0;
        const auto ask_status = [&] {
            subject->handle(Interface::sign, StatusRequest{}, [&](const Response& response) {
                level = std::get<StatusResponse>(response).keys.at(0).attestation.level;
            });
        };
        ask_status();
        EXPECT_EQ(level, 0U);
        auto& mark = *std::get<keystore::Watermark*>(keys.by_id("a")->add_chain({1, 1, 1, 1}, keystore::uptime_now()));
        EXPECT_FALSE(mark.raise(9, false, keystore::uptime_now()));
        ask_status();
        EXPECT_EQ(level, 0U) << "built before, and no request has changed anything";
        co_await answer_to(sign_request(key, attestation(10)), Interface::sign);
        ask_status();
        EXPECT_EQ(level, 10U);
    });
}

TEST_F(gadget_handlers, lock_shows_in_status_at_once) {
    init();
    create_unlocked("a");
    LockRequest lock;
    lock.key_ids = {"a"};
    with_handlers([&]() -> awaitable<void> {
        const auto state = [this]() -> awaitable<LockState> {
            const auto answer = co_await answer_to(StatusRequest{}, Interface::sign);
            co_return std::get<StatusResponse>(answer).keys.at(0).lock_state;
        };
        EXPECT_EQ(co_await state(), LockState::unlocked);
        gate.close();
        ask(InitMasterRequest{false, secret("another")});  // occupies the management worker
        const auto locked = ask(std::move(lock));
        EXPECT_EQ(co_await state(), LockState::locked);
        EXPECT_FALSE(*locked) << "still behind the other request";
        gate.open();
        co_await until([&] { return locked->has_value(); });
    });
}

TEST_F(gadget_handlers, logs_return_newest_lines_or_error) {
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

TEST_F(gadget_handlers, full_management_queue_is_busy) {
    init();
    create("a");
    with_handlers([&]() -> awaitable<void> {
        gate.close();  // the throttle count is written before the passphrase check
        const std::vector<std::string> names{"a"};
        const auto first = ask(unlock_request(names, passphrase));
        const auto second = ask(unlock_request(names, passphrase));
        co_await until([&] { return gate.waiting() == 1; });
        EXPECT_EQ(code_of(unlock_request(names, passphrase)), 99U);
        EXPECT_EQ(counters.busy, 1U);
        EXPECT_EQ(code_of(StatusRequest{}), 0U) << "non-blocking requests are answered";
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

TEST_F(gadget_handlers, lock_after_running_unlock_persists) {
    init();
    create("a");
    with_handlers([&]() -> awaitable<void> {
        gate.close();
        const std::vector<std::string> names{"a"};
        const auto unlocked = ask(unlock_request(names, passphrase));
        co_await until([&] { return gate.waiting() == 1; });
        LockRequest lock;
        lock.key_ids = names;
        const auto locked = ask(lock);
        gate.open();
        co_await until([&] { return unlocked->has_value() && locked->has_value(); });
        EXPECT_TRUE(std::get<UnlockResponse>(**unlocked).results[0].ok);
        EXPECT_TRUE(std::get<LockResponse>(**locked).results[0].ok);
        EXPECT_EQ(keys.size(), 0U);
    });
}

TEST_F(gadget_handlers, lock_is_immediate_with_busy_worker) {
    init();
    create_unlocked("a");
    create("b");
    with_handlers([&]() -> awaitable<void> {
        gate.close();
        const std::vector<std::string> other{"b"};
        const auto unlocked = ask(unlock_request(other, passphrase));
        co_await until([&] { return gate.waiting() == 1; });
        LockRequest lock;
        lock.key_ids = {"a"};
        const auto locked = ask(lock);
        EXPECT_EQ(keys.size(), 0U);
        gate.open();
        co_await until([&] { return unlocked->has_value() && locked->has_value(); });
        EXPECT_TRUE(keys.by_id("b"));
    });
}

TEST_F(gadget_handlers, only_running_request_ages) {
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
        EXPECT_LE(jobs->oldest(), Workers::Clock::now() - since) << "the second request did not age while waiting";
        co_await until([&] { return second->has_value(); });
    });
}

TEST_F(gadget_handlers, closed_handlers_answer_busy) {
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
}  // namespace revenant::gadget
