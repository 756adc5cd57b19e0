#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <list>
#include <memory>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

#include "common/core/signal.hpp"

namespace revenant {

/// A bounded pool of threads for what computes or blocks. A job holds a Place from its admission until its result is
/// back on the loop; when all places are taken it is refused, never queued without bound. The loop's thread only, but
/// for what says otherwise.
class Workers {
public:
    using Clock = std::chrono::steady_clock;

    /// `threads` jobs run at once and `queued` more wait.
    Workers(const asio::any_io_executor& loop, std::size_t threads, std::size_t queued);
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;
    /// Waits for the jobs that run.
    ~Workers();

    /// One job's right to be here. Given back (destroyed) on the loop, before its pool.
    class Place {
    public:
        explicit Place(Workers& workers);
        Place(const Place&) = delete;
        Place& operator=(const Place&) = delete;
        ~Place();

        /// A part of the job is done: its age starts anew. Any thread.
        void progress() { since_ = Clock::now(); }

    private:
        friend class Workers;
        Workers& workers_;
        std::atomic<Clock::time_point> since_;
        std::list<const Place*>::iterator here_;
    };

    /// Null when the pool is full.
    std::unique_ptr<Place> admit();

    /// Runs `work` on a thread of the pool; what it refers to must live until its Place is given back.
    template <typename Work>
    void run(Work work) {
        asio::post(pool_, std::move(work));
    }
    /// Runs `result` on the loop. Any thread.
    template <typename Result>
    void reply(Result result) {
        asio::post(loop_, std::move(result));
    }

    /// How long the oldest job has been here without progress; zero when there is none.
    [[nodiscard]] Clock::duration oldest() const;
    [[nodiscard]] std::size_t jobs() const { return places_.size(); }

    /// Waits until no job is left.
    awaitable<void> drained();

private:
    asio::any_io_executor loop_;
    std::size_t most_;
    std::list<const Place*> places_;
    Signal left_;
    asio::thread_pool pool_;
};

}  // namespace revenant
