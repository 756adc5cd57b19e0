#include "gadget/workers.hpp"

#include <algorithm>

namespace revenant {

Workers::Workers(const asio::any_io_executor& loop, std::size_t threads, std::size_t queued)
    : loop_{loop}, most_{threads + queued}, left_{loop}, pool_{threads} {}

Workers::~Workers() {
    pool_.stop();
    pool_.join();
}

Workers::Place::Place(Workers& workers)
    : workers_{workers}, since_{Clock::now()}, here_{workers.places_.insert(workers.places_.end(), this)} {}

Workers::Place::~Place() {
    workers_.places_.erase(here_);
    workers_.left_.notify();
}

std::unique_ptr<Workers::Place> Workers::admit() {
    return places_.size() < most_ ? std::make_unique<Place>(*this) : nullptr;
}

Workers::Clock::duration Workers::oldest() const {
    auto since = Clock::now();
    for (const auto* place : places_)
        since = std::min(since, place->since_.load());
    return Clock::now() - since;
}

awaitable<void> Workers::drained() {
    while (!places_.empty())
        co_await left_.wait();
}

}  // namespace revenant
