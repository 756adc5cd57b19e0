#pragma once

#include <list>
#include <utility>

#include "common/async/deadline.hpp"
#include "common/async/timer.hpp"

namespace revenant {

/// Limits concurrency; waiters are served in order of arrival. Outlives them. One thread.
class Semaphore {
public:
    explicit Semaphore(const asio::any_io_executor& executor) : executor_{executor} {}

    /// One of the permits; released when destroyed.
    class Permit {
    public:
        explicit Permit(Semaphore* of) : of_{of} {}
        Permit(Permit&& other) noexcept : of_{std::exchange(other.of_, nullptr)} {}
        Permit& operator=(Permit&&) = delete;
        ~Permit() {
            if (of_ != nullptr)
                of_->leave();
        }
        explicit operator bool() const { return of_ != nullptr; }

    private:
        Semaphore* of_;
    };

    /// Waits until fewer than `most` permits are out. False if the deadline passed first.
    awaitable<Permit> enter(std::size_t most, Deadline until);

    [[nodiscard]] std::size_t inside() const { return inside_; }

private:
    struct Waiter {
        Timer limit;
        bool admitted = false;
    };
    void leave();

    asio::any_io_executor executor_;
    std::size_t inside_ = 0;
    std::list<Waiter> waiters_;
};

}  // namespace revenant
