#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "common/service/options.hpp"
#include "registrar/usb/users.hpp"

namespace revenant::registrar {

/// USB identity of the device and paths of the kernel's file systems.
struct UsbSettings {
    std::uint16_t vendor_id = 0x9997;
    std::uint16_t product_id = 0x0001;
    std::string manufacturer = "TzC";
    std::string product = "tezsign-gadget";
    std::string serial{};  ///< empty: see serial_number()
    std::filesystem::path serial_file{};
    std::filesystem::path machine_id_file = "/etc/machine-id";

    std::string gadget_name = "revenant";
    std::string configuration = "c.1";
    std::string function = "ffs.tezsign";
    std::string udc{};  ///< empty: the first available

    std::filesystem::path ffs_dir = "/run/revenant-ffs";
    std::filesystem::path configfs_dir = "/sys/kernel/config";
    std::filesystem::path udc_dir = "/sys/class/udc";

    User gadget_user{};     ///< opens the bulk endpoints
    gid_t gadget_group{};   ///< may also open them
    User registrar_user{};  ///< opens ep0 and writes the UDC attribute

    [[nodiscard]] std::filesystem::path gadgets_dir() const { return configfs_dir / "usb_gadget"; }
    [[nodiscard]] std::filesystem::path gadget_dir() const { return gadgets_dir() / gadget_name; }
    [[nodiscard]] std::filesystem::path udc_attribute() const { return gadget_dir() / "UDC"; }
    [[nodiscard]] std::filesystem::path function_dir() const { return gadget_dir() / "functions" / function; }
    [[nodiscard]] std::filesystem::path configuration_dir() const { return gadget_dir() / "configs" / configuration; }
    [[nodiscard]] std::filesystem::path ep0() const { return ffs_dir / "ep0"; }
    /// Mount source of FunctionFS: the function's name without `ffs.`.
    [[nodiscard]] std::string ffs_source() const { return function.substr(4); }
};

/// Throws UsageError with a user-readable message for an invalid value.
UsbSettings usb_settings(const Options& options);

/// The serial number: the setting; else the first word of `serial_file`; else a keyed hash of the machine id, 16
/// hexadecimal characters. Throws std::runtime_error if no source exists or the value is not 12 to 126 printable
/// characters.
std::string serial_number(const UsbSettings& settings);

}  // namespace revenant::registrar
