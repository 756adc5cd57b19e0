#include "common/async/semaphore.hpp"

namespace revenant {

awaitable<Semaphore::Permit> Semaphore::enter(std::size_t most, Deadline until) {
    if (inside_ < most && waiters_.empty()) {
        ++inside_;
        co_return Permit{this};
    }
    const auto waiter = waiters_.insert(waiters_.end(), Waiter{Timer{executor_, until}});
    co_await waiter->limit.async_wait(as_tuple(use_awaitable));
    const bool admitted = waiter->admitted;
    waiters_.erase(waiter);
    Permit place{admitted ? this : nullptr};
    if ((co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none)
        throw system_error{asio::error::operation_aborted};
    co_return place;
}

/// The permit passes to the first waiter without one, before that waiter resumes.
void Semaphore::leave() {
    for (auto& waiter : waiters_)
        if (!std::exchange(waiter.admitted, true)) {
            waiter.limit.cancel();
            return;
        }
    --inside_;
}

}  // namespace revenant
