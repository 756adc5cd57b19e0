#include "host/channel/link_errors.hpp"

#include <fmt/format.h>

namespace revenant::host {
namespace {

Error held(const std::string& device, Interface interface) {
    return Error(Fault::busy_elsewhere,
                 fmt::format("another program holds the {} interface of the device at '{}': end it, or wait "
                             "longer with --deadline",
                             name(interface), device));
}

Error not_ready(const std::string& device) {
    return Error(Fault::not_ready,
                 fmt::format("the device at '{}' is plugged in, but no gadget is alive behind it: look "
                             "at the gadget's log, or wait longer with --deadline",
                             device));
}

}  // namespace

std::optional<Fault> fault_of(Readiness readiness) {
    switch (readiness) {
        case Readiness::ready:
            return std::nullopt;
        case Readiness::not_ready:
            return Fault::not_ready;
        case Readiness::silent:
            return Fault::silent;
        case Readiness::foreign:
            return Fault::foreign;
        case Readiness::forbidden:
            return Fault::forbidden;
        case Readiness::several:
            return Fault::ambiguous;
        case Readiness::held:
            return Fault::busy_elsewhere;
        case Readiness::absent:
            break;
    }
    return Fault::no_device;
}

Error loopback_error(Fault fault, const std::string& device, Interface interface) {
    switch (fault) {
        case Fault::not_ready:
            return not_ready(device);
        case Fault::silent:
            return Error(Fault::silent,
                         fmt::format("the device at '{}' does not answer on its control endpoint: restart "
                                     "its registrar",
                                     device));
        case Fault::foreign:
            return Error(Fault::foreign,
                         fmt::format("the program at '{}' is not a signing device of protocol version 1: "
                                     "check --run-dir, or update revenant on both ends",
                                     device));
        case Fault::busy_elsewhere:
            return held(device, interface);
        default:
            break;
    }
    return Error(Fault::no_device,
                 fmt::format("no device is on the cable at '{}': start the device's programs, or name "
                             "their directory with --run-dir",
                             device));
}

Error usb_error(Fault fault, const std::string& device, const UsbSelection& selection, Interface interface) {
    switch (fault) {
        case Fault::not_ready:
            return not_ready(device);
        case Fault::silent:
            return Error(Fault::silent, fmt::format("the device '{}' does not answer on its control endpoint: try "
                                                    "'revenant reset', or plug it in again",
                                                    device));
        case Fault::foreign:
            return Error(Fault::foreign,
                         fmt::format("the USB device '{}' is not a signing device of protocol version 1: "
                                     "check --vendor-id and --product-id, or update revenant on both ends",
                                     device));
        case Fault::forbidden:
            return Error(Fault::forbidden, fmt::format("the device '{}' cannot be opened, since this user is not "
                                                       "permitted to: {}",
                                                       device, how_to_open_devices));
        case Fault::ambiguous:
            return Error(Fault::ambiguous,
                         fmt::format("several devices with the USB ids {} are plugged in: choose one of those that "
                                     "'revenant devices' lists with --serial",
                                     usb_ids_text(selection)));
        case Fault::busy_elsewhere:
            return held(device, interface);
        default:
            break;
    }
    const auto which = selection.serial.empty() ? "" : fmt::format(" and the serial '{}'", selection.serial);
    return Error(Fault::no_device, fmt::format("no device with the USB ids {}{} is plugged in: check the cable and the "
                                               "device's power, or name others with --vendor-id and --product-id",
                                               usb_ids_text(selection), which));
}

Error timeout_error(const std::string& device, std::chrono::milliseconds deadline) {
    return Error(Fault::timeout,
                 fmt::format("the device at '{}' did not answer within {} s: look at the gadget's log, or "
                             "wait longer with --deadline",
                             device, static_cast<double>(deadline.count()) / 1000));
}

Error ambiguous_error(const std::vector<UsbNode>& devices, const UsbSelection& selection) {
    std::string serials;
    for (const auto& device : devices)
        serials += fmt::format("{}{} (port {})", serials.empty() ? "" : ", ",
                               device.serial.empty() ? "no serial" : device.serial, device.port);
    return {Fault::ambiguous,
            fmt::format("several devices with the USB ids {} are plugged in: choose one with --serial: {}",
                        usb_ids_text(selection), serials)};
}

}  // namespace revenant::host
