#pragma once

#include <chrono>
#include <list>
#include <string>
#include <string_view>
#include <vector>

#include "common/async/event.hpp"
#include "common/async/task_group.hpp"

namespace revenant::bench {

/// Viewers of the monitor's event stream in this process. They parse only what they need, since they share the CPUs
/// with the measured programs. They run as tasks of `group`. Thread of the loop only.
class StreamWatch {
public:
    StreamWatch(TaskGroup& group, const asio::any_io_executor& executor, unsigned short port)
        : group_{group}, executor_{executor}, port_{port}, news_{executor} {}

    /// Adds viewers up to `count` and waits until each knows the device's state. Throws std::runtime_error on a
    /// timeout.
    awaitable<void> grow_to(std::size_t count);
    /// Waits until all viewers have seen the device `ready` (or not). Throws std::runtime_error on a timeout.
    awaitable<void> all_know(bool ready);
    /// Time from `begin` to the last state change at each viewer, in milliseconds.
    [[nodiscard]] std::vector<double> delays_ms(Clock::time_point begin) const;

    void count_anew();
    /// Number of viewers with at least `least` signer events since count_anew().
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
    std::size_t ready_ = 0, not_ready_ = 0;  // viewers by known state
    Event news_;
};

}  // namespace revenant::bench
