#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "common/async/asio.hpp"
#include "common/async/task_group.hpp"

namespace revenant::host {

/// Tells a person what is being waited for, once that takes a second: "unlocking 3 keys … 2 s", on one line that goes
/// away again. One thread.
class Progress {
public:
    using Write = std::function<void(const std::string&)>;
    /// Returns when a second is over, or what a test takes for one.
    using Second = std::function<awaitable<void>()>;

    /// Says nothing.
    Progress() = default;
    Progress(Write write, Second second) : write_{std::move(write)}, second_{std::move(second)} {}

    /// Does `task`, and says meanwhile that it does `what`.
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

/// On standard error, by the clock.
Progress progress_on_terminal();

}  // namespace revenant::host
