#pragma once

#include <filesystem>
#include <vector>

#include "host/link/usb_devices.hpp"

namespace revenant::host::doctor {

/// The paths that the doctor reads; other values are for tests.
struct SystemPaths {
    UsbPaths usb{};
    std::vector<std::filesystem::path> rules{"/etc/udev/rules.d", "/run/udev/rules.d", "/usr/lib/udev/rules.d",
                                             "/lib/udev/rules.d"};
    std::filesystem::path controllers{"/sys/class/udc"};
    std::filesystem::path processes{"/proc"};
    /// Installed by the package of the device's programs.
    std::filesystem::path device_unit{"/usr/lib/systemd/system/revenant-gadget.service"};
};

}  // namespace revenant::host::doctor
