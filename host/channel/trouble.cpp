#include "host/channel/trouble.hpp"

#include <fmt/format.h>

namespace revenant::host {
namespace {

using Trouble = DeviceChannel::Trouble;

Failure failure(const char* code, const std::string& sentence) {
    return {Exit::no_device, code, sentence};
}

Failure held(const std::string& device, Interface interface) {
    return failure("held", fmt::format("another program holds the {} interface of the device at '{}': end it, or wait "
                                       "longer with --deadline",
                                       name(interface), device));
}

Failure not_ready(const std::string& device) {
    return failure("not_ready", fmt::format("the device at '{}' is plugged in, but no gadget is alive behind it: look "
                                            "at the gadget's log, or wait longer with --deadline",
                                            device));
}

}  // namespace

Failure loopback_failure(Trouble trouble, const std::string& device, Interface interface) {
    switch (trouble) {
        case Trouble::not_ready:
            return not_ready(device);
        case Trouble::silent:
            return failure("silent", fmt::format("the device at '{}' does not answer on its control endpoint: restart "
                                                 "its registrar",
                                                 device));
        case Trouble::foreign:
            return failure("foreign", fmt::format("what answers at '{}' is no signing device of protocol version 1: "
                                                  "check --run-dir, or update revenant on both ends",
                                                  device));
        case Trouble::held:
            return held(device, interface);
        case Trouble::absent:
        case Trouble::forbidden:
        case Trouble::several:
        case Trouble::none:
            break;
    }
    return failure("no_device", fmt::format("no device is on the cable at '{}': start the device's programs, or name "
                                            "their directory with --run-dir",
                                            device));
}

Failure usb_failure(Trouble trouble, const std::string& device, const UsbSelection& selection, Interface interface) {
    switch (trouble) {
        case Trouble::not_ready:
            return not_ready(device);
        case Trouble::silent:
            return failure("silent", fmt::format("the device '{}' does not answer on its control endpoint: try "
                                                 "'revenant reset', or plug it in again",
                                                 device));
        case Trouble::foreign:
            return failure("foreign", fmt::format("the USB device '{}' is no signing device of protocol version 1: "
                                                  "check --vendor-id and --product-id, or update revenant on both ends",
                                                  device));
        case Trouble::forbidden:
            return failure("forbidden", fmt::format("the device '{}' cannot be opened, since this user is not "
                                                    "permitted to: {}",
                                                    device, how_to_open_devices));
        case Trouble::several:
            return failure("several_devices",
                           fmt::format("several devices with the USB ids {} are plugged in: choose one of those that "
                                       "'revenant devices' lists with --serial",
                                       usb_ids_text(selection)));
        case Trouble::held:
            return held(device, interface);
        case Trouble::absent:
        case Trouble::none:
            break;
    }
    const auto which = selection.serial.empty() ? "" : fmt::format(" and the serial '{}'", selection.serial);
    return failure("no_device", fmt::format("no device with the USB ids {}{} is plugged in: check the cable and the "
                                            "device's power, or name others with --vendor-id and --product-id",
                                            usb_ids_text(selection), which));
}

Failure late_failure(const std::string& device, std::chrono::milliseconds deadline) {
    return failure("no_answer",
                   fmt::format("the device at '{}' did not answer within {} s: look at the gadget's log, or "
                               "wait longer with --deadline",
                               device, static_cast<double>(deadline.count()) / 1000));
}

Failure several_devices(const std::vector<UsbNode>& devices, const UsbSelection& selection) {
    std::string serials;
    for (const auto& device : devices)
        serials += fmt::format("{}{} (port {})", serials.empty() ? "" : ", ",
                               device.serial.empty() ? "no serial" : device.serial, device.port);
    return {Exit::usage, "several_devices",
            fmt::format("several devices with the USB ids {} are plugged in: choose one with --serial: {}",
                        usb_ids_text(selection), serials)};
}

}  // namespace revenant::host
