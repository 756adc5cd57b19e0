#include "registrar/usb/binding.hpp"

#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include "common/core/log.hpp"

namespace revenant::registrar {
namespace {

awaitable<int> invoke(std::function<int()> job) {
    co_return job();
}

}  // namespace

BindingPauses::BindingPauses(const BindingPace& pace)
    : first_{pace.first}, longest_{pace.longest}, slow_{pace.slow}, next_{pace.first} {}

std::chrono::milliseconds BindingPauses::next() {
    const auto pause = next_;
    next_ = pause >= longest_ ? slow_ : std::min(pause * 2, longest_);
    return pause;
}

Binding::Binding(const asio::any_io_executor& executor, std::unique_ptr<Udc> udc, BindingPace pace,
                 std::function<void()> changed, std::function<void()> off_bus)
    : udc_{std::move(udc)},
      pace_{pace},
      pauses_{pace_},
      changed_{std::move(changed)},
      off_bus_{std::move(off_bus)},
      look_{executor} {}

void Binding::look() {
    look_due_ = true;
    look_.notify();
}

void Binding::bind_again() {
    again_ = true;
    look();
}

awaitable<void> Binding::run() {
    for (;;) {
        if (const auto controller = udc_->bound(); !controller.empty()) {
            if (controller != controller_) {
                bound_since_ = Clock::now();
                set(fmt::format("bound to {}", controller), {}, controller);
            }
            co_await keep();
        } else if (!controller_.empty()) {
            lost();
            co_await rest();
        } else {
            co_await attempt();
        }
    }
}

/// Waits until the binding must be checked, and unbinds if bind_again() was called.
awaitable<void> Binding::keep() {
    co_await look_.wait_until([this] { return look_due_; }, Clock::now() + pace_.look);
    look_due_ = false;
    if (std::exchange(again_, false))
        co_await release();
}

awaitable<void> Binding::release() {
    const auto unbind = [this] { return udc_->unbind(); };
    if (const int error = co_await on_pool(unbind))
        log::warn("cannot unbind from '{}': {}", controller_, std::strerror(error));
    else
        unbound();
}

/// Reports the unbinding, since the kernel may not: an UNBIND event is dropped when BIND follows.
void Binding::unbound() {
    off_bus_();
    set("starting", {}, {});
}

/// Another process or the kernel emptied the UDC attribute.
void Binding::lost() {
    ++counters_.losses;
    if (Clock::now() - bound_since_ >= pace_.stable)
        pauses_.reset();
    log::warn("the gadget was unbound from '{}': rebinding", controller_);
    unbound();
}

awaitable<void> Binding::attempt() {
    again_ = false;
    const auto controller = udc_->available();
    int error = ENODEV;
    if (!controller.empty()) {
        const auto bind = [this, &controller] { return udc_->bind(controller); };
        error = co_await on_pool(bind);
    }
    if (error == 0) {
        ++counters_.binds;
        bound_since_ = Clock::now();
        log::info("the gadget is bound to '{}'", controller);
        set(fmt::format("bound to {}", controller), {}, controller);
        co_return;
    }
    explain(controller, error);
    co_await rest();
}

/// Finds the cause, since the kernel returns EBUSY for several.
void Binding::explain(const std::string& controller, int error) {
    const auto taker = controller.empty() ? std::string{} : udc_->taken_by(controller);
    if (controller.empty() || udc_->available() != controller)
        set("no UDC", "there is no USB device controller: plug it in, or load its driver (dwc2, dwc3, dummy_hcd)", {});
    else if (!taker.empty())
        set("taken",
            fmt::format("the controller '{}' is taken by {}: unbind that, or choose another --udc", controller, taker),
            {});
    else
        set("refused",
            fmt::format("the controller '{}' refuses the gadget: {}: see the kernel log", controller,
                        std::strerror(error)),
            {});
}

awaitable<void> Binding::rest() {
    co_await sleep_for(pauses_.next());
}

/// Runs a job on the pool. Cancellation is not forwarded to it.
awaitable<int> Binding::on_pool(std::function<int()> job) {
    co_return co_await asio::co_spawn(pool_, invoke(std::move(job)),
                                      asio::bind_cancellation_slot(asio::cancellation_slot{}, use_awaitable));
}

void Binding::set(std::string state, std::string reason, std::string controller) {
    if (!reason.empty() && reason != reason_)
        log::warn("{}; retrying", reason);
    if (state == state_ && reason == reason_ && controller == controller_)
        return;
    state_ = std::move(state);
    reason_ = std::move(reason);
    controller_ = std::move(controller);
    changed_();
}

}  // namespace revenant::registrar
