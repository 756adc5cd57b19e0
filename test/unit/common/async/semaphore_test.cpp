#include "common/async/semaphore.hpp"

#include <gtest/gtest.h>

#include "common/async/task_group.hpp"
#include "common/core/log_throttle.hpp"
#include "test/support/basics/loop.hpp"

namespace revenant {
namespace {

Deadline in(std::chrono::milliseconds time) {
    return Clock::now() + time;
}

using Scene = std::function<awaitable<void>(Semaphore&, TaskGroup&)>;

void play(const Scene& scene) {
    test::run([&]() -> awaitable<void> {
        Semaphore semaphore{co_await asio::this_coro::executor};
        const auto body = [&](TaskGroup& group) -> awaitable<void> { co_await scene(semaphore, group); };
        co_await with_group(body);
        EXPECT_EQ(semaphore.inside(), 0U);
    });
}

TEST(semaphore, permits_are_granted_in_order) {
    std::vector<int> order;
    std::size_t max_inside = 0;
    play([&](Semaphore& semaphore, TaskGroup& group) -> awaitable<void> {
        const auto visit = [&](int number) -> awaitable<void> {
            const auto place = co_await semaphore.enter(2, in(5s));
            EXPECT_TRUE(place);
            order.push_back(number);
            max_inside = std::max(max_inside, semaphore.inside());
            co_await test::settle();
        };
        for (int number = 0; number < 20; ++number)
            group.spawn(visit(number));
        co_await group.finished();
    });
    EXPECT_EQ(order.size(), 20U);
    EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
    EXPECT_EQ(max_inside, 2U);
}

TEST(semaphore, passed_deadline_gives_no_permit) {
    play([&](Semaphore& semaphore, TaskGroup& group) -> awaitable<void> {
        auto held = std::make_optional(co_await semaphore.enter(1, in(0ms)));
        EXPECT_TRUE(*held);
        EXPECT_FALSE(co_await semaphore.enter(1, in(1ms)));
        bool entered = false;
        const auto patient = [&]() -> awaitable<void> { entered = bool{co_await semaphore.enter(1, in(5s))}; };
        group.spawn(patient());
        co_await test::settle();
        EXPECT_FALSE(entered);
        held.reset();
        co_await group.finished();
        EXPECT_TRUE(entered);
    });
}

TEST(semaphore, cancelled_waiter_passes_its_permit_on) {
    play([&](Semaphore& semaphore, TaskGroup& /*group*/) -> awaitable<void> {
        auto held = std::make_optional(co_await semaphore.enter(1, in(0ms)));
        const auto cancelled = [&](TaskGroup& inner) -> awaitable<void> {
            const auto waiting = [&]() -> awaitable<void> { co_await semaphore.enter(1, in(5s)); };
            inner.spawn(waiting());
            co_await test::settle();
            held.reset();  // its turn, which it will not take
        };
        co_await with_group(cancelled);
        EXPECT_TRUE(co_await semaphore.enter(1, in(0ms)));
    });
}

TEST(log_throttle, excess_messages_are_counted) {
    LogThrottle throttle;
    const Clock::time_point begin{std::chrono::hours{1}};
    for (std::uint64_t line = 0; line < LogThrottle::most; ++line)
        EXPECT_EQ(throttle.tell(begin), 0U);
    for (int line = 0; line < 7; ++line)
        EXPECT_EQ(throttle.tell(begin + 1s), std::nullopt);
    EXPECT_EQ(throttle.tell(begin + LogThrottle::while_lasts), 7U);
    EXPECT_EQ(throttle.tell(begin + LogThrottle::while_lasts), 0U);
}

}  // namespace
}  // namespace revenant
