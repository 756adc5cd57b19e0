#pragma once

#include "common/async/asio.hpp"

namespace revenant {

/// Wakes every coroutine that waits on it. It remembers nothing: wait in a loop that looks at the state. One thread.
class Event {
public:
    explicit Event(const asio::any_io_executor& executor) : timer_{executor, asio::steady_timer::time_point::max()} {}

    void notify() { timer_.cancel(); }

    /// Returns at the next notify(). When the coroutine itself is cancelled this returns too, and its next wait throws.
    awaitable<void> wait() { co_await timer_.async_wait(as_tuple(use_awaitable)); }

private:
    asio::steady_timer timer_;
};

}  // namespace revenant
