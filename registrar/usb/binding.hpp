#pragma once

#include <functional>
#include <memory>
#include <string>

#include <boost/asio/thread_pool.hpp>

#include "common/async/event.hpp"
#include "registrar/usb/udc.hpp"

namespace revenant::registrar {

/// Intervals of the retries.
struct BindingPace {
    std::chrono::milliseconds first = 10ms;  ///< pause after the first failure, then doubling ...
    std::chrono::milliseconds longest = 1s;  ///< ... up to this, and then
    std::chrono::milliseconds slow = 5s;     ///< this, without limit
    std::chrono::milliseconds look = 5s;     ///< the attribute is read at least this often
    std::chrono::milliseconds stable = 10s;  ///< a binding that lasted this long resets the pauses
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

/// Keeps the gadget bound to a controller. Retries without limit when there is no controller or another gadget uses it.
/// Polls for a new controller, every 5 s at worst: inotify does not report sysfs changes, and uevents do not reach
/// every environment that this runs in. Single-threaded.
class Binding {
public:
    struct Counters {
        std::uint64_t binds = 0;
        std::uint64_t losses = 0;  ///< unbound by others: by the kernel after a crash, or by an operator
    };

    /// `changed`: called when state() or counters() change. `off_bus`: called when the gadget was unbound, whatever ep0
    /// says.
    Binding(const asio::any_io_executor& executor, std::unique_ptr<Udc> udc, BindingPace pace,
            std::function<void()> changed, std::function<void()> off_bus);

    /// Runs until cancelled. An attempt in progress is not interrupted.
    awaitable<void> run();

    /// Whether the UDC attribute currently names a controller.
    [[nodiscard]] bool bound() const { return !udc_->bound().empty(); }
    /// Checks the attribute, which may have changed.
    void look();
    /// Unbinds and binds again.
    void bind_again();

    /// "bound to NAME", "no UDC", "taken", "refused" or, before the first attempt, "starting".
    [[nodiscard]] const std::string& state() const { return state_; }
    /// The cause as a user-readable message; empty while bound.
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
    Event look_;
    bool look_due_ = false, again_ = false;
    Clock::time_point bound_since_{};
    std::string state_ = "starting", reason_, controller_;
    Counters counters_;
    asio::thread_pool pool_{1};  // for writes to the attribute, which can block; last: joined first
};

}  // namespace revenant::registrar
