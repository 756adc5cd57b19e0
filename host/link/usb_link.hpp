#pragma once

#include <optional>

#include "host/link/link.hpp"
#include "host/link/probe.hpp"
#include "host/link/usb_bus.hpp"
#include "host/link/usb_devices.hpp"
#include "host/link/usb_events.hpp"

namespace revenant::host {

/// A USB device. After a replug it is found again by its serial. The probe opens the device; each claim opens it once
/// more and claims one interface. A device that answers the standard request only is probed through the claim, without
/// one by a claim that lasts as long as the probe. The configuration is never set, and only reset() resets the device.
class UsbLink final : public Link {
public:
    UsbLink(std::shared_ptr<UsbBus> bus, UsbSelection selection, Interface interface, UsbPaths paths = {});

    awaitable<Readiness> probe() override;
    awaitable<Claim> claim() override;
    awaitable<void> changed(std::chrono::milliseconds at_most) override;
    /// Before a device was found: the serial of the selection or, without one, the ids.
    [[nodiscard]] std::string serial() const override;

    /// Resets the port, like a replug; blocks until the kernel is done. `ready`: done; any other value is the cause.
    Readiness reset();

private:
    struct Opened {
        Readiness readiness = Readiness::absent;  ///< `ready`: the device is open
        std::unique_ptr<UsbDevice> device{};
    };
    /// The device for probes.
    struct Control {
        std::unique_ptr<UsbDevice> device{};
        ProbeRequest request = ProbeRequest::vendor;  ///< the one to which it replies
    };
    Opened open();
    awaitable<Readiness> ask(std::uint8_t interface);
    awaitable<Readiness> ask_with_claim(std::uint8_t interface);

    std::shared_ptr<UsbBus> bus_;
    UsbSelection selection_;
    Interface interface_;
    UsbPaths paths_;
    UsbEvents events_;
    std::string serial_;                // of the device opened last
    std::optional<Control> control_;    // kept open while probes succeed
    std::weak_ptr<UsbDevice> claimed_;  // of the last claim, as long as its pipe exists
};

}  // namespace revenant::host
