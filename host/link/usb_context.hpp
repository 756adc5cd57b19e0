#pragma once

#include <map>
#include <memory>

#include "host/link/usb_backend.hpp"

struct libusb_context;

namespace revenant::host {

/// libusb on the loop, which polls its descriptors; no thread. Devices are found by usb_devices.hpp and usb_events.hpp
/// and opened by their node: libusb's own discovery needs a thread, and without a udev daemon it reports hotplug
/// support but delivers no events.
class UsbContext final : public UsbBackend {
public:
    /// Throws std::runtime_error with a user-readable message if libusb cannot start.
    explicit UsbContext(const asio::any_io_executor& executor);
    ~UsbContext() override;

    Opened open(const std::filesystem::path& node) override;
    void turn(std::chrono::milliseconds at_most) override;

private:
    struct Watch;
    struct Exit {
        void operator()(libusb_context* context) const noexcept;
    };
    void watch(int descriptor, short events);
    void unwatch(int descriptor);

    asio::any_io_executor executor_;
    std::unique_ptr<libusb_context, Exit> context_;
    std::map<int, std::shared_ptr<Watch>> watches_;
};

}  // namespace revenant::host
