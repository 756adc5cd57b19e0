#pragma once

#include <list>
#include <memory>

#include "common/async/timer.hpp"
#include "host/link/usb_backend.hpp"

namespace revenant::host {

class UsbDevice;

/// The open devices of a program and their transfers. A UsbDevice that is destroyed while transfers are in flight stays
/// open here until the last one has ended, at most `drain_limit`. Single-threaded.
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
        // The handle is destroyed before the transfers: it may access them until then.
        std::list<std::shared_ptr<UsbTransfer>> in_flight{};
        std::unique_ptr<UsbHandle> handle;
        bool let_go = false;
        Timer drain_limit;
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

/// An open device. The destructor cancels the transfers in flight and leaves them to the bus. Single-threaded.
class UsbDevice {
public:
    UsbDevice(std::shared_ptr<UsbBus> bus, UsbBus::Place place) : bus_{std::move(bus)}, place_{place} {}
    UsbDevice(const UsbDevice&) = delete;
    UsbDevice& operator=(const UsbDevice&) = delete;
    ~UsbDevice() { bus_->let_go(place_); }

    [[nodiscard]] std::vector<UsbInterface> interfaces() const { return place_->handle->interfaces(); }
    UsbResult claim(std::uint8_t interface) { return place_->handle->claim(interface); }
    UsbResult release(std::uint8_t interface) { return place_->handle->release(interface); }
    /// These two block, for a few seconds at worst; they are rarely called.
    UsbResult clear_halt(std::uint8_t endpoint) { return place_->handle->clear_halt(endpoint); }
    UsbResult reset() { return place_->handle->reset(); }

    /// Submits a transfer that is not in flight. Any result but `done`: it was not submitted.
    UsbResult submit(const std::shared_ptr<UsbTransfer>& transfer) { return bus_->submit(place_, transfer); }
    /// Cancels a transfer if it is still in flight.
    void cancel(UsbTransfer& transfer) {
        if (!transfer.result)
            place_->handle->cancel(transfer);
    }
    [[nodiscard]] const asio::any_io_executor& executor() const { return bus_->executor(); }

private:
    std::shared_ptr<UsbBus> bus_;
    UsbBus::Place place_;
};

/// Cancels a transfer at the end of the scope, e.g. when its coroutine is cancelled.
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
