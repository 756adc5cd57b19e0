#include "common/async/within.hpp"

#include <exception>

#include <boost/asio/experimental/awaitable_operators.hpp>

namespace revenant {
namespace {

using namespace asio::experimental::awaitable_operators;

/// One side of a race. The operators wait for a success, so that an exception must not leave a side.
struct Side {
    std::exception_ptr failure{};

    awaitable<void> run(awaitable<void> work) {
        try {
            co_await std::move(work);
        } catch (...) {
            failure = std::current_exception();
        }
    }
};

awaitable<void> throw_if_cancelled() {
    const bool throws = co_await asio::this_coro::throw_if_cancelled();  // GCC 12: no two co_await in one expression
    const auto state = co_await asio::this_coro::cancellation_state;
    if (throws && state.cancelled() != asio::cancellation_type::none)
        throw system_error{asio::error::operation_aborted};
}

}  // namespace

awaitable<bool> within(Deadline deadline, awaitable<void> work) {
    Side side;
    Timer timer{co_await asio::this_coro::executor, deadline};
    const auto first = co_await (side.run(std::move(work)) || timer.async_wait(as_tuple(use_awaitable)));
    const bool ended = first.index() == 0;  // cancelled work may end without an exception too
    if (ended && side.failure)
        std::rethrow_exception(side.failure);
    co_await throw_if_cancelled();
    co_return ended;
}

awaitable<void> either(awaitable<void> one, awaitable<void> other) {
    Side sides[2];
    const auto first = co_await (sides[0].run(std::move(one)) || sides[1].run(std::move(other)));
    if (const auto& failure = sides[first.index()].failure)
        std::rethrow_exception(failure);
    co_await throw_if_cancelled();
}

awaitable<void> sleep_until(Deadline deadline) {
    Timer timer{co_await asio::this_coro::executor, deadline};
    co_await timer.async_wait(use_awaitable);
}

awaitable<void> sleep_for(Clock::duration duration) {
    co_await sleep_until(Clock::now() + duration);
}

}  // namespace revenant
