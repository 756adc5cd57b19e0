#pragma once

#include <optional>
#include <utility>

#include "common/async/deadline.hpp"
#include "common/async/timer.hpp"

namespace revenant {

/// Runs `work` until it ends or the deadline passes; then it is cancelled and joined. Returns whether it ended by
/// itself. Throws what it throws, and operation_aborted when the caller is cancelled.
awaitable<bool> within(Deadline deadline, awaitable<void> work);

/// The same of work with a result: empty when the deadline passed first.
template <typename Result>
awaitable<std::optional<Result>> within(Deadline deadline, awaitable<Result> work) {
    std::optional<Result> result;
    const auto store = [&]() -> awaitable<void> { result.emplace(co_await std::move(work)); };
    const bool ended = co_await within(deadline, store());
    if (!ended)
        result.reset();
    co_return result;
}

/// Runs both until one ends, cancels and joins the other. Throws what the first one throws, and operation_aborted when
/// the caller is cancelled.
awaitable<void> either(awaitable<void> one, awaitable<void> other);

/// Returns at `deadline`, or throws operation_aborted when the caller is cancelled.
awaitable<void> sleep_until(Deadline deadline);
awaitable<void> sleep_for(Clock::duration duration);

}  // namespace revenant
