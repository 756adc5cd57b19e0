#include "gadget/requests/write_ahead.hpp"

#include <thread>

#include "common/async/task_group.hpp"
#include "test/unit/gadget/requests/gadget_handlers.hpp"

namespace revenant::gadget {
namespace {

using namespace test;

/// A device whose keys have a reserve of four levels.
class WriteAheadTest : public HandlersTest {
protected:
    WriteAheadTest() {
        reserve(4);
        init();
        key = create_unlocked("a");
    }
    Answer sign(std::uint32_t level, std::uint8_t variant = 0) {
        return ask(sign_request(key, attestation(level, variant)), Interface::sign);
    }
    awaitable<bool> signs(std::uint32_t level, std::uint8_t variant = 0) {
        const auto answer = co_await answer_to(sign_request(key, attestation(level, variant)), Interface::sign);
        co_return is_signature(answer, key, attestation(level, variant));
    }
    /// After a power cut: without pages, a mark is exact only if it was written at rest.
    void reopen() {
        for (const auto& open : keys.all())
            keys.remove(open->identity().id);
        open_store();
        unlock("a");
    }
    awaitable<ChainStatus> chain_status() {
        const auto answer = co_await answer_to(StatusRequest{});
        co_return std::get<StatusResponse>(answer).keys.at(0).chains.at(0);
    }
    std::optional<std::int32_t> highest_mark() {
        const auto views = keys.by_id("a")->views();
        return views.empty() ? std::nullopt : std::optional{views.front().marks[2].level};
    }

    keystore::Identity key;
};

TEST_F(WriteAheadTest, covered_requests_do_not_wait_for_the_write) {
    with_handlers([&]() -> awaitable<void> {
        EXPECT_TRUE(co_await signs(10));
        gate.close();
        EXPECT_TRUE(co_await signs(11));
        EXPECT_EQ(gate.waiting(), 0U);
        EXPECT_TRUE(co_await signs(12));
        co_await until([&] { return gate.waiting() == 1; });
        EXPECT_TRUE(co_await signs(13));
        EXPECT_TRUE(co_await signs(14));
        EXPECT_EQ(gate.waiting(), 1U) << "one write of a file at a time";
        const auto above = sign(15);
        co_await settle();
        EXPECT_FALSE(*above);
        gate.open();
        co_await until([&] { return above->has_value(); });
        EXPECT_TRUE(is_signature(**above, key, attestation(15)));
    });
}

TEST_F(WriteAheadTest, rhythm_of_a_baker_needs_no_foreground_write) {
    with_handlers([&]() -> awaitable<void> {
        EXPECT_TRUE(co_await signs(10));
        const auto before = gate.passed();
        for (std::uint32_t level = 11; level <= 50; ++level) {
            EXPECT_TRUE(co_await signs(level));
            co_await background->drained();
        }
        EXPECT_EQ(gate.passed() - before, 20U) << "a write every two levels";
    });
}

TEST_F(WriteAheadTest, failure_is_shown_retried_and_blocks_only_above_reserve) {
    with_handlers([&]() -> awaitable<void> {
        EXPECT_TRUE(co_await signs(10));
        const auto body = [&](TaskGroup& tasks) -> awaitable<void> {
            tasks.spawn(background->retry_failed());
            gate.fail(true);
            EXPECT_TRUE(co_await signs(12));
            co_await until([&] { return background->describe().size() == 1; });
            EXPECT_EQ(background->describe()[0].at("key"), "a");
            EXPECT_TRUE((co_await chain_status()).reserve_failed);
            EXPECT_TRUE(co_await signs(14));
            const auto above = co_await answer_to(sign_request(key, attestation(15)), Interface::sign);
            EXPECT_EQ(code(above), 30U);
            gate.fail(false);
            co_await until([&] { return background->describe().empty(); });
            EXPECT_FALSE((co_await chain_status()).reserve_failed);
            EXPECT_TRUE(co_await signs(16));
        };
        co_await with_group(body);
    });
}

TEST_F(WriteAheadTest, failed_key_that_is_locked_is_forgotten) {
    with_handlers([&]() -> awaitable<void> {
        EXPECT_TRUE(co_await signs(10));
        gate.fail(true);
        EXPECT_TRUE(co_await signs(12));
        co_await until([&] { return background->describe().size() == 1; });
        std::weak_ptr<keystore::OpenKey> open = keys.by_id("a");
        LockRequest lock{{"a"}};
        co_await answer_to(std::move(lock));
        EXPECT_TRUE(open.expired()) << "its secrets are wiped";
        const auto body = [&](TaskGroup& tasks) -> awaitable<void> {
            tasks.spawn(background->retry_failed());
            co_await until([&] { return background->describe().empty(); });
        };
        co_await with_group(body);
    });
}

TEST_F(WriteAheadTest, locked_key_is_at_rest_when_lock_is_answered) {
    with_handlers([&]() -> awaitable<void> {
        EXPECT_TRUE(co_await signs(12));
        LockRequest lock{{"a"}};
        co_await answer_to(std::move(lock));
        reopen();
        EXPECT_EQ(highest_mark(), 12);
    });
}

// The lock comes while a signature waits for its write: what follows the lock is at rest all the same.
TEST_F(WriteAheadTest, key_locked_while_signing_is_at_rest) {
    with_handlers([&]() -> awaitable<void> {
        EXPECT_TRUE(co_await signs(12));
        gate.close();
        const auto running = sign(30);
        co_await until([&] { return gate.waiting() == 1; });
        LockRequest request{{"a"}};
        const auto lock = ask(std::move(request));
        gate.open();
        co_await until([&] { return lock->has_value() && running->has_value(); });
        EXPECT_TRUE(is_signature(**running, key, attestation(30)));
        co_await background->drained();
        reopen();
        EXPECT_EQ(highest_mark(), 30);
    });
}

// Two signatures of a locked key leave while the write at rest behind the first one runs.
TEST_F(WriteAheadTest, last_signature_of_locked_key_is_at_rest) {
    with_handlers([&]() -> awaitable<void> {
        EXPECT_TRUE(co_await signs(12));
        const auto running = keys.remove("a");
        auto& mark = *running->find_chain({1, 1, 1, 1});
        gate.close();
        background->consider(running, {1, 1, 1, 1});
        co_await until([&] { return gate.waiting() == 1; });
        std::thread late{[&] { EXPECT_FALSE(mark.commit({{tezos::Kind::attestation, {1, 1, 1, 1}, 30, 0}, {}}, {})); }};
        gate.open();
        late.join();
        background->consider(running, {1, 1, 1, 1});
        co_await background->drained();
        co_await until([&] { return mark.at_rest(); });
        EXPECT_EQ(mark.view().marks[2].level, 30);
    });
}

TEST_F(WriteAheadTest, set_level_on_locked_key_leaves_it_at_rest) {
    with_handlers([&]() -> awaitable<void> {
        EXPECT_TRUE(co_await signs(12));
        auto running = keys.remove("a");  // a job still uses the key, and its reserve stands
        SetLevelRequest level{"a", 14, secret(passphrase)};
        const auto answer = co_await answer_to(std::move(level));
        EXPECT_EQ(code(answer), 0U);
        running.reset();
        reopen();
        EXPECT_EQ(highest_mark(), 14);
    });
}

TEST_F(WriteAheadTest, status_shows_reserve_and_levels_refused_after_a_power_cut) {
    with_handlers([&]() -> awaitable<void> {
        EXPECT_TRUE(co_await signs(10));
        EXPECT_EQ((co_await chain_status()).reserve, 14U);
        EXPECT_EQ((co_await chain_status()).refused_until, 0U);
    });
    reopen();
    with_handlers([&]() -> awaitable<void> {
        const auto after = co_await chain_status();
        EXPECT_EQ(after.reserve, 0U);
        EXPECT_EQ(after.refused_until, 14U);
        EXPECT_FALSE(after.degraded) << "no slot was lost";
        EXPECT_TRUE(co_await signs(15));
        EXPECT_EQ((co_await chain_status()).refused_until, 0U);
    });
}

TEST_F(WriteAheadTest, delete_begins_with_marks_at_rest) {
    with_handlers([&]() -> awaitable<void> {
        EXPECT_TRUE(co_await signs(12));
        gate.close();
        DeleteKeysRequest gone{{"a"}, secret(passphrase)};
        const auto answer = ask(std::move(gone));
        co_await until([&] { return gate.waiting() == 1; });
        const auto open = keys.by_id("a");  // the passphrase is checked first
        gate.open();
        co_await until([&] { return answer->has_value(); });
        EXPECT_FALSE(open->find_chain({1, 1, 1, 1})->wants_ahead());
        EXPECT_TRUE(std::holds_alternative<keystore::Advance>(
            open->find_chain({1, 1, 1, 1})->ask({tezos::Kind::attestation, {1, 1, 1, 1}, 13, 0}, {}, {})))
            << "no reserve stands";
    });
}

TEST_F(WriteAheadTest, rest_all_writes_every_key) {
    const auto other = create_unlocked("b");
    with_handlers([&]() -> awaitable<void> {
        EXPECT_TRUE(co_await signs(12));
        const auto second = co_await answer_to(sign_request(other, attestation(20)), Interface::sign);
        EXPECT_TRUE(is_signature(second, other, attestation(20)));
        const auto writes = gate.passed();
        background->rest_all();
        co_await background->drained();
        EXPECT_EQ(gate.passed() - writes, 2U);
        reopen();
        EXPECT_EQ(highest_mark(), 12);
    });
}

}  // namespace
}  // namespace revenant::gadget
