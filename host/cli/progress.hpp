#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "common/async/asio.hpp"
#include "common/async/task_group.hpp"

namespace revenant::host {

/// Shows what the program waits for, once the wait exceeds a second: "unlocking 3 keys … 2 s", on one line that is
/// erased afterwards. One thread.
class Progress {
public:
    using Write = std::function<void(const std::string&)>;
    /// Returns after a second; tests replace it.
    using Second = std::function<awaitable<void>()>;

    /// Shows nothing.
    Progress() = default;
    Progress(Write write, Second second) : write_{std::move(write)}, second_{std::move(second)} {}

    /// Runs `task` and shows `what` meanwhile.
    template <typename Result>
    awaitable<Result> during(std::string what, awaitable<Result> task) const {
        std::optional<Result> result;
        const auto body = [&](TaskGroup& group) -> awaitable<void> {
            if (write_)
                group.spawn(show(std::move(what)));
            result.emplace(co_await std::move(task));
        };
        co_await with_group(body);
        co_return std::move(*result);
    }

private:
    awaitable<void> show(std::string what) const;

    Write write_;
    Second second_;
};

/// Writes to standard error, with real time.
Progress progress_on_terminal();

}  // namespace revenant::host
