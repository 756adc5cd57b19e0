#pragma once

#include <optional>
#include <string>
#include <vector>

#include "host/error/error.hpp"
#include "host/link/link.hpp"
#include "host/link/usb_devices.hpp"

namespace revenant::host {

/// The fault that a readiness probe found; empty: none.
std::optional<Fault> fault_of(Readiness readiness);

/// Why a device did not answer, with the remedy, on each bus. `device`: its serial or run directory. `fault`: of the
/// way to the device.
Error loopback_error(Fault fault, const std::string& device, Interface interface);
Error usb_error(Fault fault, const std::string& device, const UsbSelection& selection, Interface interface);

/// A connected device did not answer within the deadline.
Error timeout_error(const std::string& device, std::chrono::milliseconds deadline);

/// Several devices match the selection: lists their serials.
Error ambiguous_error(const std::vector<UsbNode>& devices, const UsbSelection& selection);

/// How a user gets permission to open the device.
constexpr auto how_to_open_devices =
    "install /usr/lib/udev/rules.d/60-revenant.rules, join the group revenant-operators and plug the device in again";

}  // namespace revenant::host
