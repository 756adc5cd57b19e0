#include "gadget/requests/workers.hpp"

#include <algorithm>

namespace revenant::gadget {

Workers::Workers(const asio::any_io_executor& loop, std::size_t threads, std::size_t queued)
    : loop_{loop}, most_{threads + queued}, left_{loop}, pool_{threads} {}

Workers::~Workers() {
    stop();
}

void Workers::stop() {
    pool_.stop();
    pool_.join();
    results_.reset();
}

void Workers::give(std::function<void()> result) {
    results_->add(std::move(result));
    asio::post(loop_, [results = std::weak_ptr{results_}] {
        if (const auto here = results.lock())
            here->take()();
    });
}

void Workers::Results::add(std::function<void()> result) {
    const std::scoped_lock hold{lock_};
    waiting_.push_back(std::move(result));
}

std::function<void()> Workers::Results::take() {
    const std::scoped_lock hold{lock_};
    auto result = std::move(waiting_.front());
    waiting_.pop_front();
    return result;
}

Workers::Permit::Permit(Workers& workers)
    : workers_{workers}, here_{workers.permits_.insert(workers.permits_.end(), this)} {}

Workers::Permit::~Permit() {
    workers_.permits_.erase(here_);
    workers_.left_.notify();
}

std::unique_ptr<Workers::Permit> Workers::try_acquire() {
    return permits_.size() < most_ ? std::make_unique<Permit>(*this) : nullptr;
}

Workers::Clock::duration Workers::oldest() const {
    const auto now = Clock::now();
    auto since = now;
    for (const auto* permit : permits_)
        since = std::min(since, permit->since_.load());
    return now - since;
}

awaitable<void> Workers::drained() {
    co_await left_.wait_until([this] { return permits_.empty(); });
}

}  // namespace revenant::gadget
