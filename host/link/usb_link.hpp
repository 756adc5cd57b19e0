#pragma once

#include <optional>

#include "host/link/link.hpp"
#include "host/link/usb_bus.hpp"
#include "host/link/usb_devices.hpp"
#include "host/link/usb_events.hpp"

namespace revenant::host {

/// A device on the USB. It is found anew, by its serial, whenever it was replugged, and opened for the readiness probe;
/// each claim opens it once more and keeps to one interface. Its configuration is never set, and it is never reset
/// unless reset() is called.
class UsbLink final : public Link {
public:
    UsbLink(std::shared_ptr<UsbBus> bus, UsbSelection selection, Interface interface, UsbPaths paths = {});

    awaitable<Readiness> probe() override;
    awaitable<Claim> claim() override;
    awaitable<void> changed(std::chrono::milliseconds at_most) override;
    /// Before a device was found: the serial that was asked for, or else the ids.
    [[nodiscard]] std::string serial() const override;

    /// Resets the device's port, as a replug would; waits for the kernel. `ready`: done, else why not.
    Readiness reset();

private:
    struct Opened {
        Readiness readiness = Readiness::absent;  ///< `ready`: it is open
        std::unique_ptr<UsbDevice> device{};
    };
    Opened open();
    awaitable<Readiness> ask(std::uint8_t interface);

    std::shared_ptr<UsbBus> bus_;
    UsbSelection selection_;
    Interface interface_;
    UsbPaths paths_;
    UsbEvents events_;
    std::string serial_;                  // of the device that was opened last
    std::unique_ptr<UsbDevice> control_;  // for the probes, kept while they are answered
};

}  // namespace revenant::host
