#pragma once

#include <functional>
#include <memory>
#include <string>

#include <boost/asio/thread_pool.hpp>

#include "common/async/asio.hpp"
#include "registrar/usb/udc.hpp"

namespace revenant::registrar {

/// How often what is tried.
struct BindingPace {
    std::chrono::milliseconds first = 10ms;  ///< pause after a first failure, doubling …
    std::chrono::milliseconds longest = 1s;  ///< … to this, and then
    std::chrono::milliseconds slow = 5s;     ///< for ever this
    std::chrono::milliseconds look = 5s;     ///< the attribute is read after so long in any case
    std::chrono::milliseconds stable = 10s;  ///< a binding that lasted so long is no part of a series of failures
    std::function<std::chrono::steady_clock::time_point()> now = &std::chrono::steady_clock::now;
};

/// Pauses between attempts: doubling from `first` to `longest`, then `slow`.
class BindingPauses {
public:
    explicit BindingPauses(const BindingPace& pace);
    std::chrono::milliseconds next();
    void reset() { next_ = first_; }

private:
    std::chrono::milliseconds first_, longest_, slow_, next_;
};

/// Keeps the gadget bound to a controller. That there is none, or that another gadget has it, is no reason to give up.
/// A controller that appears is found by looking again, every 5 s at worst: inotify does not see sysfs change, and
/// uevents do not reach every place that we may run in. One thread.
class Binding {
public:
    struct Counters {
        std::uint64_t binds = 0;
        std::uint64_t losses = 0;  ///< unbound by others: the kernel after a crash, or a person
    };

    /// `changed`: state() or counters() did. `off_bus`: the gadget was unbound, whatever ep0 says of it.
    Binding(const asio::any_io_executor& executor, std::unique_ptr<Udc> udc, BindingPace pace,
            std::function<void()> changed, std::function<void()> off_bus);

    /// Does it, until cancelled. An attempt that has begun is not interrupted.
    awaitable<void> run();

    /// Whether the attribute names a controller now.
    [[nodiscard]] bool bound() const { return !udc_->bound().empty(); }
    /// The attribute may have changed.
    void look();
    /// Off the bus and on again.
    void bind_again();

    /// "bound to NAME", "no UDC", "taken", "refused" or, before the first attempt, "starting".
    [[nodiscard]] const std::string& state() const { return state_; }
    /// The sentence for a person that belongs to it; empty while bound.
    [[nodiscard]] const std::string& reason() const { return reason_; }
    /// The controller; empty: none.
    [[nodiscard]] const std::string& controller() const { return controller_; }
    [[nodiscard]] const Counters& counters() const { return counters_; }

private:
    awaitable<void> keep();
    awaitable<void> attempt();
    awaitable<void> release();
    awaitable<void> rest();
    awaitable<int> on_pool(std::function<int()> job);
    void unbound();
    void lost();
    void explain(const std::string& controller, int error);
    void set(std::string state, std::string reason, std::string controller);

    std::unique_ptr<Udc> udc_;
    BindingPace pace_;
    BindingPauses pauses_;
    std::function<void()> changed_, off_bus_;
    asio::steady_timer look_, rest_;
    bool look_due_ = false, again_ = false;
    std::chrono::steady_clock::time_point bound_since_{};
    std::string state_ = "starting", reason_, controller_;
    Counters counters_;
    asio::thread_pool pool_{1};  // a write to the attribute can block; last: joined first
};

}  // namespace revenant::registrar
