#include "host/link/usb_bus.hpp"

#include <algorithm>

#include <boost/asio/post.hpp>

namespace revenant::host {

UsbBus::~UsbBus() {
    // The loop may never run again, so wait here for the cancelled transfers. The kernel returns them at once.
    const auto end = std::chrono::steady_clock::now() + drain_limit_;
    const auto busy = [](const Open& open) { return !open.in_flight.empty(); };
    while (std::any_of(open_.begin(), open_.end(), busy) && std::chrono::steady_clock::now() < end)
        backend_->turn(10ms);
}

UsbBus::Opened UsbBus::open(const std::filesystem::path& node) {
    auto [result, handle] = backend_->open(node);
    Opened opened;
    opened.result = result;
    if (result == UsbResult::done) {
        const auto place = open_.emplace(open_.end(), executor_, std::move(handle));
        opened.device = std::make_unique<UsbDevice>(shared_from_this(), place);
    }
    return opened;
}

UsbResult UsbBus::submit(Place open, const std::shared_ptr<UsbTransfer>& transfer) {
    transfer->result.reset();
    transfer->size = 0;
    const auto place = open->in_flight.insert(open->in_flight.end(), transfer);
    transfer->on_end = [this, open, place] {
        const auto ended = *place;  // keeps the transfer alive until the end of this call
        open->in_flight.erase(place);
        // Deferred: libusb may be in the middle of its own work on that device.
        if (open->let_go && open->in_flight.empty())
            asio::post(executor_, [bus = weak_from_this()] {
                if (const auto self = bus.lock())
                    self->sweep();
            });
    };
    const auto result = open->handle->submit(*transfer);
    if (result != UsbResult::done) {
        transfer->result = result;
        open->in_flight.erase(place);
    }
    return result;
}

void UsbBus::let_go(Place open) {
    if (open->in_flight.empty()) {
        open_.erase(open);
        return;
    }
    open->let_go = true;
    for (const auto& transfer : std::list{open->in_flight})  // a copy: cancel() may end a transfer immediately
        open->handle->cancel(*transfer);
    open->drain_limit.expires_after(drain_limit_);
    open->drain_limit.async_wait([bus = weak_from_this()](error_code stopped) {
        const auto self = stopped ? nullptr : bus.lock();
        if (self)
            self->sweep();
    });
}

/// Closes the released devices that have drained or whose time limit has passed; closing drops their transfers.
void UsbBus::sweep() {
    const auto now = Clock::now();
    open_.remove_if([now](const Open& open) {
        return open.let_go && (open.in_flight.empty() || open.drain_limit.expiry() <= now);
    });
}

}  // namespace revenant::host
