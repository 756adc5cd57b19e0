#include "common/async/task_group.hpp"

#include <utility>

namespace revenant {

TaskGroup::TaskGroup(const asio::any_io_executor& executor)
    : executor_{executor}, idle_{executor, Timer::time_point::max()} {}

void TaskGroup::spawn(awaitable<void> task) {
    if (stopping_)
        return;                                      // it would never be cancelled, and join() would wait for it
    const auto stop = stops_.emplace(stops_.end());  // one signal each: a slot holds one handler
    auto on_end = [this, stop](std::exception_ptr error) {
        stops_.erase(stop);
        if (error && !stopping_) {
            failure_ = error;
            cancel();
        }
        if (stops_.empty())
            idle_.cancel();
    };
    asio::co_spawn(executor_, std::move(task), asio::bind_cancellation_slot(stop->slot(), on_end));
}

void TaskGroup::cancel() {
    stopping_ = true;
    for (auto& stop : stops_)
        stop.emit(asio::cancellation_type::terminal);
}

awaitable<void> TaskGroup::finished() {
    while (!stops_.empty())
        co_await idle_.async_wait(as_tuple(use_awaitable));
}

awaitable<std::exception_ptr> TaskGroup::join() {
    while (!stops_.empty())
        co_await idle_.async_wait(asio::bind_cancellation_slot(asio::cancellation_slot{}, as_tuple(use_awaitable)));
    stopping_ = false;
    co_return std::exchange(failure_, nullptr);
}

}  // namespace revenant
