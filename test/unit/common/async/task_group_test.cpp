#include "common/async/task_group.hpp"

#include <stdexcept>

#include <gtest/gtest.h>

namespace revenant {
namespace {

/// Runs one coroutine to its end on a loop of its own and rethrows what it threw.
void run(awaitable<void> body) {
    asio::io_context io{1};
    std::exception_ptr failure;
    asio::co_spawn(io, std::move(body), [&](std::exception_ptr error) { failure = error; });
    io.run();
    if (failure)
        std::rethrow_exception(failure);
}

awaitable<void> for_ever(int& alive) {
    struct Alive {
        int& count;
        explicit Alive(int& c) : count{c} { ++count; }
        ~Alive() { --count; }
    } const here{alive};
    Timer never{co_await asio::this_coro::executor, Timer::time_point::max()};
    co_await never.async_wait(use_awaitable);
}

awaitable<void> fails() {
    throw std::runtime_error{"the cause"};
    co_return;
}

TEST(task_group, first_failure_cancels_and_is_rethrown) {
    int alive = 0;
    const auto body = [&](TaskGroup& group) -> awaitable<void> {
        group.spawn(for_ever(alive));
        group.spawn(for_ever(alive));
        group.spawn(fails());
        co_await group.finished();
    };
    EXPECT_THROW(run(with_group(body)), std::runtime_error);
    EXPECT_EQ(alive, 0);
}

TEST(task_group, tasks_are_joined_when_body_returns) {
    int alive = 0;
    const auto body = [&](TaskGroup& group) -> awaitable<void> {
        group.spawn(for_ever(alive));
        Timer soon{co_await asio::this_coro::executor, 1ms};
        co_await soon.async_wait(use_awaitable);
        EXPECT_EQ(alive, 1);
    };
    run(with_group(body));
    EXPECT_EQ(alive, 0);
}

awaitable<void> spawns_when_it_is_stopped(TaskGroup& group, int& alive) {
    Timer never{co_await asio::this_coro::executor, Timer::time_point::max()};
    co_await never.async_wait(as_tuple(use_awaitable));
    group.spawn(for_ever(alive));
}

TEST(task_group, spawn_while_stopping_does_not_block) {
    int alive = 0;
    const auto body = [&](TaskGroup& group) -> awaitable<void> {
        group.spawn(spawns_when_it_is_stopped(group, alive));
        co_return;
    };
    run(with_group(body));  // returns
    EXPECT_EQ(alive, 0);
}

}  // namespace
}  // namespace revenant
