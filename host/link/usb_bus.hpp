#pragma once

#include <list>
#include <memory>

#include "host/link/usb_backend.hpp"

namespace revenant::host {

class UsbDevice;

/// The open devices of a program and their transfers. It outlives them: a device that is let go while transfers are in
/// flight stays open here until the last has ended, a second at most. One thread.
class UsbBus : public std::enable_shared_from_this<UsbBus> {
public:
    UsbBus(const asio::any_io_executor& executor, std::unique_ptr<UsbBackend> backend,
           std::chrono::milliseconds drain_limit = 1s)
        : executor_{executor}, backend_{std::move(backend)}, drain_limit_{drain_limit} {}
    UsbBus(const UsbBus&) = delete;
    UsbBus& operator=(const UsbBus&) = delete;
    ~UsbBus();

    struct Opened {
        UsbResult result = UsbResult::gone;
        std::unique_ptr<UsbDevice> device{};  ///< present if `done`
    };
    Opened open(const std::filesystem::path& node);

    [[nodiscard]] const asio::any_io_executor& executor() const { return executor_; }

private:
    friend class UsbDevice;
    struct Open {
        Open(const asio::any_io_executor& executor, std::unique_ptr<UsbHandle> opened)
            : handle{std::move(opened)}, drain_limit{executor} {}
        // The handle goes first: after that nothing looks at a transfer.
        std::list<std::shared_ptr<UsbTransfer>> in_flight{};
        std::unique_ptr<UsbHandle> handle;
        bool let_go = false;
        asio::steady_timer drain_limit;
    };
    using Place = std::list<Open>::iterator;
    UsbResult submit(Place open, const std::shared_ptr<UsbTransfer>& transfer);
    void let_go(Place open);
    void sweep();

    asio::any_io_executor executor_;
    std::unique_ptr<UsbBackend> backend_;
    std::chrono::milliseconds drain_limit_;
    std::list<Open> open_;
};

/// A device that is open until this is destroyed; what is in flight then is cancelled and left to the bus. One thread.
class UsbDevice {
public:
    UsbDevice(std::shared_ptr<UsbBus> bus, UsbBus::Place place) : bus_{std::move(bus)}, place_{place} {}
    UsbDevice(const UsbDevice&) = delete;
    UsbDevice& operator=(const UsbDevice&) = delete;
    ~UsbDevice() { bus_->let_go(place_); }

    [[nodiscard]] std::vector<UsbInterface> interfaces() const { return place_->handle->interfaces(); }
    UsbResult claim(std::uint8_t interface) { return place_->handle->claim(interface); }
    /// These two wait for the device, a few seconds at the worst: they are rare.
    UsbResult clear_halt(std::uint8_t endpoint) { return place_->handle->clear_halt(endpoint); }
    UsbResult reset() { return place_->handle->reset(); }

    /// Begins a transfer that is not in flight. Not `done`: it could not begin.
    UsbResult submit(const std::shared_ptr<UsbTransfer>& transfer) { return bus_->submit(place_, transfer); }
    /// Hurries the end of a transfer, if it is still in flight.
    void cancel(UsbTransfer& transfer) {
        if (!transfer.result)
            place_->handle->cancel(transfer);
    }
    [[nodiscard]] const asio::any_io_executor& executor() const { return bus_->executor(); }

private:
    std::shared_ptr<UsbBus> bus_;
    UsbBus::Place place_;
};

/// Cancels a transfer that its coroutine leaves behind.
class CancelOnExit {
public:
    CancelOnExit(UsbDevice& device, UsbTransfer& transfer) : device_{device}, transfer_{transfer} {}
    CancelOnExit(const CancelOnExit&) = delete;
    CancelOnExit& operator=(const CancelOnExit&) = delete;
    ~CancelOnExit() { device_.cancel(transfer_); }

private:
    UsbDevice& device_;
    UsbTransfer& transfer_;
};

}  // namespace revenant::host
