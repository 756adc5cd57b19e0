#include "common/async/timer.hpp"

#include <gtest/gtest.h>

#include "common/async/task_group.hpp"
#include "common/async/within.hpp"
#include "test/support/basics/loop.hpp"

namespace revenant {
namespace {

using GroupBody = std::function<awaitable<void>(TaskGroup&)>;

/// Runs the body; what it spawned is then cancelled and joined.
void in_group(const GroupBody& body) {
    test::run([&]() -> awaitable<void> { co_await with_group(body); });
}

awaitable<void> note_after(std::vector<int>& ended, int number, Clock::duration pause) {
    co_await sleep_for(pause);
    ended.push_back(number);
}

TEST(timer, turn_ends_the_waits_due_in_order_of_expiry) {
    std::vector<int> ended;
    in_group([&](TaskGroup& group) -> awaitable<void> {
        group.spawn(note_after(ended, 3, 3h));
        group.spawn(note_after(ended, 1, 1h));
        group.spawn(note_after(ended, 5, 5h));
        group.spawn(note_after(ended, 2, 2h));
        co_await test::settle();
        EXPECT_TRUE(ended.empty());
        co_await test::turn_clock(3h);
        EXPECT_EQ(ended, (std::vector{1, 2, 3}));
        co_await test::turn_clock(2h);
        EXPECT_EQ(ended, (std::vector{1, 2, 3, 5}));
    });
}

TEST(timer, wait_that_begins_after_a_turn_lasts_in_full) {
    std::vector<int> ended;
    in_group([&](TaskGroup& group) -> awaitable<void> {
        co_await test::turn_clock(1h);
        group.spawn(note_after(ended, 1, 1h));
        co_await test::settle();
        co_await test::turn_clock(59min);
        EXPECT_TRUE(ended.empty());
        co_await test::turn_clock(1min);
        EXPECT_EQ(ended, std::vector{1});
    });
}

TEST(timer, without_a_turn_real_time_ends_the_wait) {
    in_group([](TaskGroup&) -> awaitable<void> {
        const auto begin = std::chrono::steady_clock::now();
        co_await sleep_for(5ms);
        EXPECT_GE(std::chrono::steady_clock::now() - begin, 5ms);
    });
}

TEST(timer, real_time_counts_after_a_turn) {
    std::vector<int> ended;
    in_group([&](TaskGroup& group) -> awaitable<void> {
        group.spawn(note_after(ended, 1, 1h + 5ms));
        co_await test::settle();
        co_await test::turn_clock(1h);
        co_await group.finished();  // the loop set its alarm to the new time
        EXPECT_EQ(ended, std::vector{1});
    });
}

TEST(timer, deadline_is_reached_by_a_turn) {
    in_group([](TaskGroup& group) -> awaitable<void> {
        std::optional<bool> in_time;
        const auto deadline = Clock::now() + 1h;
        const auto work = [&]() -> awaitable<void> {
            in_time = co_await within(deadline, sleep_until(Deadline::max()));
        };
        group.spawn(work());
        co_await test::settle();
        EXPECT_GT(time_left(deadline), 59min);
        co_await test::turn_clock(1h);
        EXPECT_EQ(in_time, false);
        EXPECT_EQ(time_left(deadline), 0ms);
    });
}

TEST(timer, cancelled_wait_is_not_ended_by_a_turn) {
    std::vector<int> ended;
    in_group([&](TaskGroup&) -> awaitable<void> {
        const auto cancelled = [&](TaskGroup& inner) -> awaitable<void> {
            inner.spawn(note_after(ended, 1, 1h));
            co_await test::settle();
        };
        co_await with_group(cancelled);
        co_await test::turn_clock(2h);
        EXPECT_TRUE(ended.empty());
    });
}

TEST(timer, turn_leaves_the_loop_of_another_thread_alone) {
    const auto before = Clock::now();
    Clock::time_point elsewhere;
    in_group([&](TaskGroup&) -> awaitable<void> {
        co_await test::turn_clock(1h);
        std::thread{[&] { elsewhere = Clock::now(); }}.join();
    });
    EXPECT_GE(Clock::now() - before, 1h);
    EXPECT_LT(elsewhere - std::chrono::steady_clock::now().time_since_epoch(), Clock::time_point{} + 1s);
}

}  // namespace
}  // namespace revenant
