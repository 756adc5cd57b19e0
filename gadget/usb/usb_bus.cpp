#include "gadget/usb/usb_bus.hpp"

#include <stdexcept>

#include "common/core/log.hpp"

namespace revenant::gadget {

UsbBus::UsbBus(const asio::any_io_executor& executor, const UsbSettings& settings)
    : UsbBus{executor, settings, make_aio_kernel(Aio::capacity), ask_max_packet} {}

UsbBus::UsbBus(const asio::any_io_executor& executor, const UsbSettings& settings, std::unique_ptr<AioKernel> kernel,
               const AskMaxPacket& ask)
    : look_{settings.look},
      aio_{executor, std::move(kernel)},
      pipes_{UsbPipe{executor, aio_, {settings.ffs_dir / "ep1", settings.ffs_dir / "ep2"}, ask, [this] { parked(); }},
             UsbPipe{executor, aio_, {settings.ffs_dir / "ep3", settings.ffs_dir / "ep4"}, ask, [this] { parked(); }}},
      news_{executor} {}

void UsbBus::start(TaskGroup& tasks, BusHooks hooks) {
    hooks_ = std::move(hooks);
    tasks.spawn(watch_over_endpoints());
}

void UsbBus::enabled() {
    enabled_ = true;
    for (auto& pipe : pipes_)
        pipe.enabled();
    news_.notify();
}

void UsbBus::session_over() {
    enabled_ = false;
}

/// Fallback to ReadRetryPolicy: checks while a read is parked in a session, and once more after each step to see
/// whether it helped.
awaitable<void> UsbBus::watch_over_endpoints() {
    for (;;) {
        co_await news_.wait_until([this] { return enabled_ && (any_parked() || !recovery_.idle()); });
        co_await sleep_for(look_);
        if (enabled_)
            revive();
    }
}

void UsbBus::revive() {
    const auto dead = any_parked();
    if (dead && !(pipes_[0].is_open() && pipes_[1].is_open()))
        return for_each_parked(&UsbPipe::retry);  // no other step makes a missing file appear
    switch (recovery_.look(dead, Clock::now())) {
        case EndpointRecovery::Step::none:
            break;
        case EndpointRecovery::Step::rearm:
            for_each_parked(&UsbPipe::retry);
            break;
        case EndpointRecovery::Step::reopen:
            ++reopens_;
            log::warn("an endpoint does not respond although the function is enabled: reopening its files");
            for_each_parked(&UsbPipe::reopen);
            break;
        case EndpointRecovery::Step::rebind:
            if (hooks_.ask_rebind()) {
                ++rebinds_asked_;
                log::warn(
                    "an endpoint does not respond after reopening its files: asking the registrar to rebind the "
                    "function");
            }
            for_each_parked(&UsbPipe::retry);
            break;
        case EndpointRecovery::Step::give_up:
            throw std::runtime_error{
                "an endpoint does not respond although the function is enabled, even after reopening its files and a "
                "rebind: exiting so that the service manager restarts the gadget"};
    }
    hooks_.counted();
}

void UsbBus::for_each_parked(void (UsbPipe::*act)()) {
    for (auto& pipe : pipes_)
        if (pipe.parked())
            (pipe.*act)();
}

void UsbBus::parked() {
    news_.notify();
    hooks_.counted();
}

void UsbBus::describe(boost::json::object& status) const {
    const auto& [sign, management] = pipes_;
    status["bus"] = "usb";
    status["endpoints"] = boost::json::object{{"ep1", sign.in_state()},
                                              {"ep2", sign.out_state()},
                                              {"ep3", management.in_state()},
                                              {"ep4", management.out_state()}};
    status["max_packet"] = sign.max_packet();
    status["rearms"] = sign.rearms() + management.rearms();
    status["reopens"] = reopens_;
    status["rebinds_asked"] = rebinds_asked_;
    status["aio_in_flight"] = aio_.in_flight();
}

}  // namespace revenant::gadget
