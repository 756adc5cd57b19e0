#pragma once

#include <chrono>
#include <list>
#include <string>
#include <string_view>
#include <vector>

#include "common/async/event.hpp"
#include "common/async/task_group.hpp"

namespace revenant::bench {

/// Viewers of the monitor's event stream in this process. They look at no more of an event than they must, since they
/// take their time from the same processors as what is measured. They are tasks of `group`. The loop's thread.
class StreamWatch {
public:
    using Clock = std::chrono::steady_clock;

    StreamWatch(TaskGroup& group, const asio::any_io_executor& executor, unsigned short port)
        : group_{group}, executor_{executor}, port_{port}, news_{executor} {}

    /// As many as that in all; each knows of the device then. Throws std::runtime_error when one does not in time.
    awaitable<void> grow_to(std::size_t count);
    /// Until all know that the device is ready, or that it is not. Throws std::runtime_error when one does not in time.
    awaitable<void> all_know(bool ready);
    /// From `begin` to when each of them got to know what it knows now, in milliseconds.
    [[nodiscard]] std::vector<double> delays_ms(Clock::time_point begin) const;

    void count_anew();
    /// How many have had so many events of the signer since count_anew().
    [[nodiscard]] std::size_t with_events(unsigned least) const;

private:
    struct Viewer {
        bool knows = false, ready = false;
        Clock::time_point since{};
        unsigned events = 0;
    };
    awaitable<void> watch(Viewer& viewer);
    void take(Viewer& viewer, std::string_view event);
    [[nodiscard]] bool all_are(bool ready) const;

    TaskGroup& group_;
    asio::any_io_executor executor_;
    unsigned short port_;
    std::list<Viewer> viewers_;
    std::size_t ready_ = 0, not_ready_ = 0;  // how many know that it is, and that it is not
    Event news_;
};

}  // namespace revenant::bench
