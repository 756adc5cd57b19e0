#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace revenant::host {

/// Where the system shows its USB; other values are for tests.
struct UsbPaths {
    std::filesystem::path devices{"/sys/bus/usb/devices"};
    std::filesystem::path nodes{"/dev/bus/usb"};
};

/// Which device is meant.
struct UsbSelection {
    std::uint16_t vendor = 0x9997, product = 0x0001;
    std::string serial{};  ///< empty: the only one there is
    std::string port{};    ///< empty: any
};

/// A device on the bus, as far as that can be seen without opening it.
struct UsbNode {
    std::string port;            ///< where it is plugged in, as the kernel writes it: "1-1.4"
    std::string serial;          ///< empty if it has none
    std::filesystem::path node;  ///< what is to be opened; another one after each replug
};

/// The first line of an attribute of sysfs; empty if there is none, also since the device has just left.
std::string attribute(const std::filesystem::path& file);

/// All devices that fit the selection, by port. None where the system has no USB.
std::vector<UsbNode> usb_devices(const UsbSelection& selection, const UsbPaths& paths = {});

/// One of `devices`: the one with serial `before`, which was taken last; the first time the only one. Nothing if there
/// is no such one: what was asked of one device is never repeated to another.
std::optional<UsbNode> choose(const std::vector<UsbNode>& devices, const std::string& before);

/// A USB id: 0x9997, or decimal. Nothing if the text is none.
std::optional<std::uint16_t> usb_id(std::string_view text);

/// "9997:0001", as lsusb has it.
std::string usb_ids_text(const UsbSelection& selection);

}  // namespace revenant::host
