#pragma once

#include "common/async/within.hpp"

namespace revenant {

/// Wakes every coroutine that waits for it. One thread.
class Event {
public:
    explicit Event(const asio::any_io_executor& executor) : timer_{executor, Timer::time_point::max()} {}

    void notify() { timer_.cancel(); }

    /// Until the next notify(): it remembers nothing. When the coroutine itself is cancelled this returns too, and its
    /// next wait throws.
    awaitable<void> wait() { co_await timer_.async_wait(as_tuple(use_awaitable)); }

    /// Until `predicate()` holds, which is evaluated now and after each notify().
    template <typename Predicate>
    awaitable<void> wait_until(Predicate predicate) {
        while (!predicate())
            co_await wait();
    }

    /// The same, at most until the deadline. Returns whether the predicate holds.
    template <typename Predicate>
    awaitable<bool> wait_until(Predicate predicate, Deadline deadline) {
        if (predicate())
            co_return true;
        co_await within(deadline, wait_until(predicate));
        co_return predicate();
    }

private:
    Timer timer_;
};

}  // namespace revenant
