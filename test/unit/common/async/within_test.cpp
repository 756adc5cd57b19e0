#include "common/async/within.hpp"

#include <gtest/gtest.h>

#include "common/async/event.hpp"
#include "common/async/task_group.hpp"
#include "test/support/basics/loop.hpp"

namespace revenant {
namespace {

const Deadline past{}, never = Deadline::max();

/// Sets `ended` when it is destroyed: the work was joined.
awaitable<void> wait_for(Event& event, bool& ended) {
    struct Mark {
        bool& ended;
        ~Mark() { ended = true; }
    } const mark{ended};
    co_await event.wait();
}

TEST(within, result_in_time_is_returned) {
    test::run([]() -> awaitable<void> {
        const auto work = []() -> awaitable<int> { co_return 7; };
        EXPECT_EQ(co_await within(never, work()), 7);
    });
}

TEST(within, passed_deadline_cancels_and_joins_the_work) {
    test::run([]() -> awaitable<void> {
        Event event{co_await asio::this_coro::executor};
        bool ended = false;
        co_await within(past, wait_for(event, ended));
        EXPECT_TRUE(ended);
    });
}

TEST(within, empty_result_after_the_deadline) {
    test::run([]() -> awaitable<void> {
        const auto work = []() -> awaitable<int> {
            co_await sleep_until(never);
            co_return 7;
        };
        EXPECT_EQ(co_await within(past, work()), std::nullopt);
    });
}

TEST(within, cancelled_work_that_returns_has_no_result) {
    test::run([]() -> awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        const auto work = [executor]() -> awaitable<int> {
            Timer timer{executor, never};
            co_await timer.async_wait(as_tuple(use_awaitable));
            co_return 7;
        };
        EXPECT_EQ(co_await within(past, work()), std::nullopt);
    });
}

TEST(within, exception_is_thrown_before_the_deadline) {
    test::run([]() -> awaitable<void> {
        const auto work = []() -> awaitable<void> {
            throw std::runtime_error{"broken"};
            co_return;
        };
        bool thrown = false;
        try {
            co_await within(never, work());
        } catch (const std::runtime_error&) {
            thrown = true;
        }
        EXPECT_TRUE(thrown);
    });
}

TEST(within, cancelled_caller_throws) {
    test::run([]() -> awaitable<void> {
        Event event{co_await asio::this_coro::executor};
        bool ended = false, returned = false;
        const auto body = [&](TaskGroup& group) -> awaitable<void> {
            const auto waiting = [&]() -> awaitable<void> {
                co_await within(never, wait_for(event, ended));
                returned = true;
            };
            group.spawn(waiting());
            co_await test::settle();
        };
        co_await with_group(body);
        EXPECT_TRUE(ended);
        EXPECT_FALSE(returned);
    });
}

TEST(either, first_to_end_cancels_the_other) {
    test::run([]() -> awaitable<void> {
        Event event{co_await asio::this_coro::executor};
        bool ended = false;
        const auto work = []() -> awaitable<void> { co_return; };
        co_await either(work(), wait_for(event, ended));
        EXPECT_TRUE(ended);
    });
}

TEST(either, exception_of_the_first_is_thrown) {
    test::run([]() -> awaitable<void> {
        Event event{co_await asio::this_coro::executor};
        bool ended = false;
        const auto work = []() -> awaitable<void> {
            throw std::runtime_error{"broken"};
            co_return;
        };
        bool thrown = false;
        try {
            co_await either(wait_for(event, ended), work());
        } catch (const std::runtime_error&) {
            thrown = true;
        }
        EXPECT_TRUE(thrown);
        EXPECT_TRUE(ended);
    });
}

TEST(event, wait_until_returns_when_the_predicate_holds) {
    test::run([]() -> awaitable<void> {
        Event event{co_await asio::this_coro::executor};
        int count = 0;
        const auto body = [&](TaskGroup& group) -> awaitable<void> {
            const auto counting = [&]() -> awaitable<void> {
                while (count < 3) {
                    co_await test::settle();
                    ++count;
                    event.notify();
                }
            };
            group.spawn(counting());
            co_await event.wait_until([&] { return count == 3; });
            EXPECT_EQ(count, 3);
        };
        co_await with_group(body);
    });
}

TEST(event, wait_until_a_deadline_tells_whether_it_holds) {
    test::run([]() -> awaitable<void> {
        Event event{co_await asio::this_coro::executor};
        EXPECT_FALSE(co_await event.wait_until([] { return false; }, past));
        EXPECT_TRUE(co_await event.wait_until([] { return true; }, past));
    });
}

}  // namespace
}  // namespace revenant
