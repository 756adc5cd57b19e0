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

/// The system interfaces that the doctor uses; other values are for tests.
struct Tools {
    SystemPaths paths{};
    std::function<std::shared_ptr<UsbBus>(const asio::any_io_executor&)> usb = open_usb;
    std::optional<Membership> membership = doctor::membership();
    Check clock = clock_now();
    /// The run directory of the device's programs if they run on this machine and the bus is USB.
    std::filesystem::path run_directory{"/run/revenant"};
};

/// Runs all checks between this machine and the keys in sequence. Releases the interfaces that it claims.
awaitable<Checks> examine(const Options& options, Tools tools);

}  // namespace revenant::host::doctor
