#pragma once

#include <exception>
#include <list>

#include "common/async/timer.hpp"

namespace revenant {

/// Coroutines on one executor that stop together: the first failure stops the rest.
/// Touched from that executor only; must outlive its tasks, hence with_group() below.
class TaskGroup {
public:
    explicit TaskGroup(const asio::any_io_executor& executor);

    /// Between cancel() and the end of join() the task is dropped unstarted.
    void spawn(awaitable<void> task);
    void cancel();

    /// Waits until no task is left; a cancelled waiter leaves at once. For bodies of with_group().
    awaitable<void> finished();
    /// The same after cancel(), deaf to the waiter's own cancellation; yields the first failure.
    awaitable<std::exception_ptr> join();

private:
    asio::any_io_executor executor_;
    Timer idle_;
    std::list<asio::cancellation_signal> stops_;
    std::exception_ptr failure_;
    bool stopping_ = false;
};

/// The async `finally`: runs body(group), then stops and joins whatever it spawned, however it ended.
template <typename Body>
awaitable<void> with_group(Body body) {
    TaskGroup group{co_await asio::this_coro::executor};
    std::exception_ptr failure;
    try {
        co_await body(group);
    } catch (...) {
        failure = std::current_exception();  // a handler may not co_await
    }
    co_await asio::this_coro::throw_if_cancelled(false);  // else a cancelled waiter throws before it waits
    group.cancel();
    const auto task_failure = co_await group.join();
    co_await asio::this_coro::throw_if_cancelled(true);
    if (task_failure)
        failure = task_failure;  // the cause; body only saw its echo
    if (failure)
        std::rethrow_exception(failure);
}

}  // namespace revenant
