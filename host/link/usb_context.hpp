#pragma once

#include <map>
#include <memory>

#include "host/link/usb_backend.hpp"

struct libusb_context;

namespace revenant::host {

/// libusb on the loop: its descriptors are watched there, and no thread is involved. Devices are found elsewhere
/// (usb_devices.hpp, usb_events.hpp) and opened by their node, since libusb's own discovery needs a thread, and hears
/// of nothing where no udev daemon runs while claiming that it would.
class UsbContext final : public UsbBackend {
public:
    /// Throws std::runtime_error, a sentence for a person, if libusb cannot start.
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
