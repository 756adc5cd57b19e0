#include "common/service/notify.hpp"

#include <cstdlib>

#include <gtest/gtest.h>

#include "common/async/task_group.hpp"
#include "common/async/within.hpp"
#include "common/service/watchdog.hpp"
#include "test/support/basics/loop.hpp"
#include "test/support/basics/service_manager.hpp"

namespace revenant {
namespace {

using namespace test;

class notify : public ::testing::Test {
protected:
    ~notify() override {
        for (const auto* name : {"WATCHDOG_USEC", "WATCHDOG_PID"})
            ::unsetenv(name);
    }
};

TEST_F(notify, manager_receives_status) {
    run([&]() -> awaitable<void> {
        ServiceManager manager{co_await asio::this_coro::executor};
        EXPECT_TRUE(service::managed());
        service::ready("waiting");
        EXPECT_EQ(co_await manager.next(), "READY=1\nSTATUS=waiting");
        service::status("alive");
        EXPECT_EQ(co_await manager.next(), "STATUS=alive");
        service::stopping();
        EXPECT_EQ(co_await manager.next(), "STOPPING=1");
    });
}

TEST_F(notify, watchdog_is_pinged_four_times_per_interval) {
    ::setenv("WATCHDOG_USEC", "20000", 1);
    run([&]() -> awaitable<void> {
        ServiceManager manager{co_await asio::this_coro::executor};
        const auto body = [&](TaskGroup& tasks) -> awaitable<void> {
            tasks.spawn(service::keep_watchdog_content());
            EXPECT_EQ(co_await manager.next(), "WATCHDOG=1");
            const auto first = Clock::now();
            EXPECT_EQ(co_await manager.next(), "WATCHDOG=1");
            EXPECT_EQ(co_await manager.next(), "WATCHDOG=1");
            const auto pause = (Clock::now() - first) / 2;
            EXPECT_GE(pause, 4ms);
        };
        co_await with_group(body);
    });
}

TEST_F(notify, watchdog_is_not_pinged_by_a_late_loop) {
    ::setenv("WATCHDOG_USEC", "80000000", 1);
    run([&]() -> awaitable<void> {
        ServiceManager manager{co_await asio::this_coro::executor};
        const auto body = [&](TaskGroup& tasks) -> awaitable<void> {
            tasks.spawn(service::keep_watchdog_content());
            EXPECT_EQ(co_await manager.next(), "WATCHDOG=1");
            for (int turn = 0; turn < 5; ++turn)  // each tick is 30 s late
                co_await turn_clock(50s);
            EXPECT_EQ(co_await within(Clock::now(), manager.next()), std::nullopt);
        };
        co_await with_group(body);
    });
}

TEST_F(notify, disabled_watchdog_returns_at_once) {
    run([&]() -> awaitable<void> {
        co_await service::keep_watchdog_content();  // returns
        EXPECT_FALSE(service::watchdog_interval());
    });
}

TEST_F(notify, no_manager_has_no_effect) {
    EXPECT_FALSE(service::managed());
    service::ready("waiting");
    EXPECT_FALSE(service::store("name", 0));
    EXPECT_TRUE(service::take_stored().empty());
}

}  // namespace
}  // namespace revenant
