#include "gadget/requests/workers.hpp"

#include <atomic>
#include <latch>
#include <thread>

#include <gtest/gtest.h>

#include "test/support/basics/loop.hpp"

namespace revenant::gadget {
namespace {

using namespace test;
using Clock = Workers::Clock;

/// A job that runs until its latch is released.
struct Wedge {
    std::latch begun{1}, released{1};
    void operator()() {
        begun.count_down();
        released.wait();
    }
};

TEST(gadget_workers, full_pool_rejects_until_permit_freed) {
    asio::io_context io;
    Workers workers{io.get_executor(), 2, 3};
    std::vector<std::unique_ptr<Workers::Permit>> permits;
    for (int permit = 0; permit < 5; ++permit)
        permits.push_back(workers.try_acquire());
    EXPECT_TRUE(permits.back());
    EXPECT_EQ(workers.jobs(), 5U);
    EXPECT_EQ(workers.try_acquire(), nullptr);
    permits.erase(permits.begin() + 2);
    EXPECT_EQ(workers.jobs(), 4U);
    EXPECT_TRUE(workers.try_acquire());
}

TEST(gadget_workers, results_run_on_the_loop) {
    run([]() -> awaitable<void> {
        Workers workers{co_await asio::this_coro::executor, 4, 100};
        const auto loop = std::this_thread::get_id();
        std::atomic<int> elsewhere = 0;
        int back = 0;
        for (int job = 0; job < 100; ++job)
            workers.run([&, permit = workers.try_acquire()]() mutable {
                elsewhere += std::this_thread::get_id() != loop;
                workers.reply([&, permit = std::move(permit)] {
                    EXPECT_EQ(std::this_thread::get_id(), loop);
                    ++back;
                });
            });
        co_await workers.drained();
        EXPECT_EQ(back, 100);
        EXPECT_EQ(elsewhere, 100);
        EXPECT_EQ(workers.jobs(), 0U);
    });
}

TEST(gadget_workers, progress_resets_age) {
    asio::io_context io;
    Workers workers{io.get_executor(), 1, 1};
    EXPECT_EQ(workers.oldest(), Clock::duration::zero());
    const auto permit = workers.try_acquire();
    Wedge wedge;
    workers.run([&] {
        permit->progress();
        wedge();
    });
    wedge.begun.wait();
    while (workers.oldest() < 2ms)
        ;
    const auto before = Clock::now();
    permit->progress();
    const auto age = workers.oldest();
    EXPECT_LE(age, Clock::now() - before);
    wedge.released.count_down();
}

TEST(gadget_workers, oldest_ignores_waiting_jobs) {
    asio::io_context io;
    Workers workers{io.get_executor(), 1, 2};
    const auto waiting = workers.try_acquire();
    const auto until = Clock::now() + 2ms;
    while (Clock::now() < until)
        ;
    EXPECT_EQ(workers.oldest(), Clock::duration::zero()) << "waiting jobs have no age";
    auto older = workers.try_acquire();
    older->progress();
    const auto later = Clock::now() + 2ms;
    while (Clock::now() < later)
        ;
    const auto newer = workers.try_acquire();
    newer->progress();
    EXPECT_GE(workers.oldest(), 1ms);
    older.reset();
    const auto age = workers.oldest();
    EXPECT_LE(age, Clock::now() - later) << "finished jobs do not count";
}

TEST(gadget_workers, drained_waits_for_all_permits) {
    run([]() -> awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        Workers workers{executor, 1, 1};
        auto first = workers.try_acquire();
        auto second = workers.try_acquire();
        bool drained = false;
        const auto wait = [&]() -> awaitable<void> {
            co_await workers.drained();
            drained = true;
        };
        asio::co_spawn(executor, wait(), [](std::exception_ptr) {});
        first.reset();
        co_await settle();
        EXPECT_FALSE(drained);
        second.reset();
        co_await until([&] { return drained; });
    });
}

TEST(gadget_workers, destruction_finishes_running_drops_waiting) {
    asio::io_context io;
    Wedge wedge;
    std::atomic<bool> ended = false;
    const auto held = std::make_shared<int>();
    std::jthread release;
    {
        Workers workers{io.get_executor(), 1, 3};
        const auto job = [&](auto work) {
            workers.run([&workers, work, permit = workers.try_acquire(), held]() mutable {
                work();
                workers.reply([permit = std::move(permit), held = std::move(held)] {});
            });
        };
        job([&] {
            wedge();
            ended = true;
        });
        for (int waiting = 0; waiting < 3; ++waiting)
            job([] {});
        wedge.begun.wait();
        release = std::jthread{[&] { wedge.released.count_down(); }};
        EXPECT_EQ(workers.jobs(), 4U);
    }
    EXPECT_TRUE(ended);
    EXPECT_EQ(held.use_count(), 1);
}

TEST(gadget_workers, late_result_is_dropped_after_destruction) {
    asio::io_context io;
    const auto held = std::make_shared<int>();
    bool came = false;
    {
        Workers workers{io.get_executor(), 1, 0};
        std::latch replied{1};
        workers.run([&, permit = workers.try_acquire(), held]() mutable {
            workers.reply([&came, permit = std::move(permit), held = std::move(held)] { came = true; });
            replied.count_down();
        });
        replied.wait();
    }
    EXPECT_EQ(held.use_count(), 1) << "destroyed with its pool, together with its permit";
    io.run();
    EXPECT_FALSE(came);
}

TEST(gadget_workers, no_results_after_stop) {
    asio::io_context io;
    Workers workers{io.get_executor(), 1, 0};
    bool came = false;
    std::latch replied{1};
    workers.run([&, permit = workers.try_acquire()]() mutable {
        workers.reply([&came, permit = std::move(permit)] { came = true; });
        replied.count_down();
    });
    replied.wait();
    workers.stop();
    io.run();
    EXPECT_FALSE(came);
    EXPECT_EQ(workers.jobs(), 0U);
}

}  // namespace
}  // namespace revenant::gadget
