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

/// A bounded pool of threads for what computes or blocks. A job holds a Permit from its admission until its result is
/// back on the loop; when all permits are taken it is refused, never queued without bound. The loop's thread only, but
/// for what says otherwise.
class Workers {
public:
    using Clock = std::chrono::steady_clock;

    /// `threads` jobs run at once and `queued` more wait.
    Workers(const asio::any_io_executor& loop, std::size_t threads, std::size_t queued);
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;
    ~Workers();
    /// Waits for the jobs that run; those that have not begun are dropped, and so is what is on its way to the loop.
    void stop();

    /// One job's right to be here. Given back (destroyed) on the loop, before its pool.
    class Permit {
    public:
        explicit Permit(Workers& workers);
        Permit(const Permit&) = delete;
        Permit& operator=(const Permit&) = delete;
        ~Permit();

        /// The job begins to run, or a part of it is done: its age starts anew. Any thread.
        void progress() { since_ = Clock::now(); }

    private:
        friend class Workers;
        Workers& workers_;
        std::atomic<Clock::time_point> since_ = Clock::time_point::max();  // it waits
        std::list<const Permit*>::iterator here_;
    };

    /// Null when the pool is full.
    std::unique_ptr<Permit> try_acquire();

    /// Runs `work` on a thread of the pool; what it refers to must live until its Permit is given back, or stop().
    template <typename Work>
    void run(Work work) {
        asio::post(pool_, std::move(work));
    }
    /// Runs `result` on the loop. Any thread.
    template <typename Result>
    void reply(Result result) {
        // Shared, for std::function wants what can be copied; moved, for the loop must let go of it last.
        give([result = std::make_shared<Result>(std::move(result))] { (*result)(); });
    }

    /// How long the longest running job has been without progress; zero when none runs. What waits behind others has no
    /// age: if it waits too long, then because of one that has.
    [[nodiscard]] Clock::duration oldest() const;
    [[nodiscard]] std::size_t jobs() const { return permits_.size(); }

    /// Waits until no job is left.
    awaitable<void> drained();

private:
    /// What waits for the loop: it goes with the pool, though the loop lives on.
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
    std::shared_ptr<Results> results_ = std::make_shared<Results>();  // owned here; the loop only looks whether it is
    asio::thread_pool pool_;
};

}  // namespace revenant::gadget
