#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "host/channel/device.hpp"
#include "host/doctor/check.hpp"
#include "host/doctor/machine.hpp"
#include "host/doctor/system_paths.hpp"
#include "host/link/usb_bus.hpp"

namespace revenant::host::doctor {

/// What the doctor uses of the system; other values are for tests.
struct Tools {
    SystemPaths paths{};
    std::function<std::shared_ptr<UsbBus>(const asio::any_io_executor&)> usb = open_usb;
    std::optional<Membership> membership = doctor::membership();
    Check clock = clock_now();
    /// Of the device's programs, where they run on this machine and the bus is USB.
    std::filesystem::path run_directory{"/run/revenant"};
};

/// Looks at all there is between this machine and the keys, one thing after the other. What it claims it lets go.
awaitable<Checks> examine(const Options& options, Tools tools);

}  // namespace revenant::host::doctor
