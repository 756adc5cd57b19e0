#include "gadget/session/reply_cache.hpp"

#include <gtest/gtest.h>

#include "common/async/task_group.hpp"
#include "test/support/gadget/gadget_fixture.hpp"

namespace revenant::gadget {
namespace {

using namespace test;
using Found = ReplyCache::Found;

class ReplyCacheTest : public testing::Test {
protected:
    static ReplyCache::Key key(std::uint8_t number, std::string_view message = "message") {
        Request request{SignRequest{"tz1", bytes(message)}};
        return ReplyCache::key_of(id(number), request);
    }
    static ReplyCache::Key unlock_key(std::string_view key_id, std::string_view passphrase) {
        Request request{UnlockRequest{{std::string{key_id}}, secret(passphrase)}};
        return ReplyCache::key_of(id(1), request);
    }
    /// Begins and finishes a request.
    void answered(const ReplyCache::Key& request, std::size_t size = 1) {
        answers.begin(request, 1);
        answers.finish(request, Bytes(size, 0xaa), true, now);
    }
    Found find(const ReplyCache::Key& request, std::uint64_t session = 1) {
        return answers.find(request, session, now);
    }

    const bool sodium = sodium_init() >= 0;
    asio::io_context loop;
    ReplyCache answers{loop.get_executor()};
    Clock::time_point now{1h};
};

TEST_F(ReplyCacheTest, fresh_then_running_then_answered) {
    EXPECT_EQ(find(key(1)), Found::fresh);
    EXPECT_EQ(find(key(1)), Found::fresh) << "find() does not begin a request";
    answers.begin(key(1), 1);
    EXPECT_EQ(find(key(1)), Found::running);
    EXPECT_EQ(answers.finish(key(1), bytes("answer"), true, now), 1U);
    EXPECT_EQ(find(key(1)), Found::answered);
    const auto kept = answers.answer(key(1));
    EXPECT_EQ(Bytes(kept.begin(), kept.end()), bytes("answer"));
    EXPECT_EQ(answers.kept(), 1U);
}

TEST_F(ReplyCacheTest, same_id_with_other_bytes_is_distinct) {
    answered(key(1, "one"));
    EXPECT_EQ(find(key(1, "two")), Found::fresh);
    EXPECT_EQ(find(key(2, "one")), Found::fresh);
    answers.begin(key(1, "two"), 1);
    EXPECT_EQ(find(key(1, "two")), Found::running);
    EXPECT_EQ(find(key(1, "one")), Found::answered);
}

TEST_F(ReplyCacheTest, passphrase_is_not_part_of_the_hash) {
    EXPECT_EQ(unlock_key("a", "correct horse"), unlock_key("a", "wrong horse"));
    EXPECT_NE(unlock_key("a", "correct horse"), unlock_key("b", "correct horse"));
}

TEST_F(ReplyCacheTest, every_request_keeps_its_passphrase) {
    const auto intact = [](auto request) {
        request.passphrase = secret("correct horse");
        Request whole{std::move(request)};
        const auto with = encode(whole);
        const auto key = ReplyCache::key_of(id(1), whole);
        EXPECT_EQ(encode(whole), with);
        std::get<decltype(request)>(whole).passphrase = {};
        EXPECT_NE(encode(whole), with);
        EXPECT_EQ(ReplyCache::key_of(id(1), whole), key);
    };
    intact(UnlockRequest{});
    intact(NewKeysRequest{});
    intact(InitMasterRequest{});
    intact(SetLevelRequest{});
    intact(DeleteKeysRequest{});
}

TEST_F(ReplyCacheTest, answer_expires_without_a_request) {
    run([&]() -> awaitable<void> {
        ReplyCache brief{co_await asio::this_coro::executor, 1ms};
        const auto body = [&](TaskGroup& tasks) -> awaitable<void> {
            tasks.spawn(brief.expire_in_time());
            for (std::uint8_t round = 0; round < 2; ++round) {
                brief.begin(key(round), 1);
                brief.finish(key(round), bytes("answer"), true, Clock::now());
                EXPECT_EQ(brief.kept(), 1U);
                co_await until([&] { return brief.kept() == 0; });
            }
        };
        co_await with_group(body);
    });
}

TEST_F(ReplyCacheTest, answer_not_kept_is_forgotten) {
    answers.begin(key(1), 4);
    EXPECT_EQ(answers.finish(key(1), bytes("busy"), false, now), 4U);
    EXPECT_EQ(find(key(1)), Found::fresh);
    EXPECT_EQ(answers.kept(), 0U);
    EXPECT_TRUE(answers.answer(key(1)).empty());
}

TEST_F(ReplyCacheTest, last_asking_session_gets_answer) {
    answers.begin(key(1), 1);
    EXPECT_EQ(find(key(1), 2), Found::running);
    EXPECT_EQ(find(key(1), 3), Found::running);
    EXPECT_EQ(answers.finish(key(1), bytes("answer"), true, now), 3U);
    answers.begin(key(2), 5);
    EXPECT_EQ(answers.finish(key(2), bytes("answer"), true, now), 5U) << "asked once";
}

TEST_F(ReplyCacheTest, keeps_128_answers) {
    for (std::uint8_t number = 0; number < 128; ++number)
        answered(key(number));
    EXPECT_EQ(answers.kept(), 128U);
    EXPECT_EQ(find(key(0)), Found::answered);
    answered(key(200));
    EXPECT_EQ(answers.kept(), 128U);
    EXPECT_EQ(find(key(0)), Found::fresh);
    EXPECT_EQ(find(key(1)), Found::answered);
    EXPECT_EQ(find(key(200)), Found::answered);
}

TEST_F(ReplyCacheTest, oldest_is_first_finished) {
    answers.begin(key(1), 1);
    answered(key(2), 200 << 10);
    answers.finish(key(1), Bytes(50 << 10), true, now);
    answered(key(3), 50 << 10);
    EXPECT_EQ(find(key(2)), Found::fresh);
    EXPECT_EQ(find(key(1)), Found::answered);
}

TEST_F(ReplyCacheTest, keeps_256_kib_at_most) {
    constexpr std::size_t quarter = 64 << 10;
    for (std::uint8_t number = 0; number < 4; ++number)
        answered(key(number), quarter);
    EXPECT_EQ(find(key(0)), Found::answered);
    answered(key(5), 1);
    EXPECT_EQ(find(key(0)), Found::fresh);
    EXPECT_EQ(find(key(1)), Found::answered);
    answered(key(6), quarter - 1);
    EXPECT_EQ(find(key(1)), Found::answered) << "evicted answers do not count";
}

TEST_F(ReplyCacheTest, oversized_answer_is_not_kept) {
    answered(key(1));
    answers.begin(key(2), 7);
    EXPECT_EQ(answers.finish(key(2), Bytes((256 << 10) + 1), true, now), 7U);
    EXPECT_EQ(find(key(2)), Found::fresh);
    EXPECT_EQ(find(key(1)), Found::answered) << "nothing is evicted";
    answered(key(3), 256 << 10);
    EXPECT_EQ(find(key(3)), Found::answered);
    EXPECT_EQ(find(key(1)), Found::fresh);
}

TEST_F(ReplyCacheTest, keeps_for_60_s_after_finish) {
    answers.begin(key(1), 1);
    now += 59s;
    answers.finish(key(1), bytes("answer"), true, now);
    now += 60s - 1ms;
    EXPECT_EQ(find(key(1)), Found::answered);
    now += 1ms;
    EXPECT_EQ(find(key(1)), Found::fresh);
    EXPECT_EQ(answers.kept(), 0U);
}

TEST_F(ReplyCacheTest, running_request_is_never_forgotten) {
    answers.begin(key(255), 1);
    now += 1h;
    EXPECT_EQ(find(key(255)), Found::running);
    for (std::uint8_t number = 0; number < 200; ++number)
        answered(key(number), 4 << 10);
    EXPECT_EQ(find(key(255), 9), Found::running);
    EXPECT_EQ(answers.finish(key(255), bytes("answer"), true, now), 9U);
    EXPECT_EQ(find(key(255)), Found::answered);
}

TEST_F(ReplyCacheTest, finish_without_begin_throws) {
    EXPECT_THROW(answers.finish(key(1), bytes("answer"), true, now), std::logic_error);
}

}  // namespace
}  // namespace revenant::gadget
