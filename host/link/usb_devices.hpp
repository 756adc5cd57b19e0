#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace revenant::host {

/// Where the system lists USB devices; other values are for tests.
struct UsbPaths {
    std::filesystem::path devices{"/sys/bus/usb/devices"};
    std::filesystem::path nodes{"/dev/bus/usb"};
};

/// Selects a device.
struct UsbSelection {
    std::uint16_t vendor = 0x9997, product = 0x0001;
    std::string serial{};  ///< empty: any
    std::string port{};    ///< empty: any
};

/// A device on the bus; known without opening it.
struct UsbNode {
    std::string port;            ///< in the kernel's notation: "1-1.4"
    std::string serial;          ///< empty if it has none
    std::filesystem::path node;  ///< the device node; changes with each replug
};

/// Returns the first line of a sysfs attribute; empty if it does not exist, e.g. when the device has just left.
std::string attribute(const std::filesystem::path& file);

/// Returns all devices that match the selection, sorted by port; none if the system has no USB.
std::vector<UsbNode> usb_devices(const UsbSelection& selection, const UsbPaths& paths = {});

/// Returns the device with the serial `before` (the one opened last) or, if `before` is empty, the only device. Nothing
/// if there is no unique match: a request to one device is never repeated to another.
std::optional<UsbNode> choose(const std::vector<UsbNode>& devices, const std::string& before);

/// Parses a USB id: 0x9997, or decimal. Returns nothing if the text is invalid.
std::optional<std::uint16_t> usb_id(std::string_view text);

/// Returns "9997:0001", the notation of lsusb.
std::string usb_ids_text(const UsbSelection& selection);

}  // namespace revenant::host
