#pragma once

#include <optional>
#include <string>
#include <vector>

#include "host/error/error.hpp"
#include "host/link/link.hpp"
#include "host/link/usb_devices.hpp"

namespace revenant::host {

/// What a readiness probe says against using the device; empty: nothing.
std::optional<Fault> fault_of(Readiness readiness);

/// Why a device gave no answer, with the remedy, on each bus. `device` is what its link calls it. `fault`: of the way
/// to the device.
Error loopback_error(Fault fault, const std::string& device, Interface interface);
Error usb_error(Fault fault, const std::string& device, const UsbSelection& selection, Interface interface);

/// A device that is there did not answer in time.
Error timeout_error(const std::string& device, std::chrono::milliseconds deadline);

/// Several devices match the selection: lists their serials.
Error ambiguous_error(const std::vector<UsbNode>& devices, const UsbSelection& selection);

/// What lets a user open the device.
constexpr auto how_to_open_devices =
    "install /usr/lib/udev/rules.d/60-revenant.rules, join the group revenant-operators and plug the device in again";

}  // namespace revenant::host
