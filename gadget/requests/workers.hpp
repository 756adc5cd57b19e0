#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

#include "common/async/event.hpp"

namespace revenant::gadget {

/// A bounded thread pool for jobs that compute or block. A job holds a Permit from admission until its result is back
/// on the event loop; when all permits are taken, new jobs are rejected, never queued without bound. Event loop thread
/// only, unless stated otherwise.
class Workers {
public:
    using Clock = std::chrono::steady_clock;

    /// `threads` jobs run at once and `queued` more may wait.
    Workers(const asio::any_io_executor& loop, std::size_t threads, std::size_t queued);
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;
    ~Workers();
    /// Waits for running jobs; drops jobs not yet started and results not yet delivered to the loop.
    void stop();

    /// Admission of one job. Must be destroyed on the loop, before its pool.
    class Permit {
    public:
        explicit Permit(Workers& workers);
        Permit(const Permit&) = delete;
        Permit& operator=(const Permit&) = delete;
        ~Permit();

        /// The job has started or completed a part: resets its age. Any thread.
        void progress() { since_ = Clock::now(); }

    private:
        friend class Workers;
        Workers& workers_;
        std::atomic<Clock::time_point> since_ = Clock::time_point::max();  // still waiting
        std::list<const Permit*>::iterator here_;
    };

    /// Returns null when the pool is full.
    std::unique_ptr<Permit> try_acquire();

    /// Runs `work` on a pool thread; everything it refers to must live until its Permit is destroyed, or stop().
    template <typename Work>
    void run(Work work) {
        asio::post(pool_, std::move(work));
    }
    /// Runs `result` on the loop. Any thread.
    template <typename Result>
    void reply(Result result) {
        // Shared because std::function requires copyable callables; moved because the loop must release it last.
        give([result = std::make_shared<Result>(std::move(result))] { (*result)(); });
    }

    /// The longest time that a running job has been without progress; zero when none runs. Waiting jobs have no age: a
    /// long wait is caused by a running job.
    [[nodiscard]] Clock::duration oldest() const;
    [[nodiscard]] std::size_t jobs() const { return permits_.size(); }

    /// Waits until no job is left.
    awaitable<void> drained();

private:
    /// Results waiting for the loop; dropped with the pool even if the loop continues.
    class Results {
    public:
        void add(std::function<void()> result);
        std::function<void()> take();

    private:
        std::mutex lock_;
        std::deque<std::function<void()>> waiting_;
    };

    void give(std::function<void()> result);

    asio::any_io_executor loop_;
    std::size_t most_;
    std::list<const Permit*> permits_;
    Event left_;
    std::shared_ptr<Results> results_ = std::make_shared<Results>();  // owned here; the loop holds a weak reference
    asio::thread_pool pool_;
};

}  // namespace revenant::gadget
