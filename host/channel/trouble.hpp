#pragma once

#include <string>
#include <vector>

#include "host/channel/channel.hpp"
#include "host/channel/failure.hpp"
#include "host/link/usb_devices.hpp"

namespace revenant::host {

/// Why a device gave no answer, with the remedy, on each bus. `device` is what its link calls it.
Failure loopback_failure(DeviceChannel::Trouble trouble, const std::string& device, Interface interface);
Failure usb_failure(DeviceChannel::Trouble trouble, const std::string& device, const UsbSelection& selection,
                    Interface interface);

/// A device that is there did not answer in time.
Failure late_failure(const std::string& device, std::chrono::milliseconds deadline);

/// Several devices could be meant: lists their serials.
Failure several_devices(const std::vector<UsbNode>& devices, const UsbSelection& selection);

/// What lets a user open the device.
constexpr auto how_to_open_devices =
    "install /usr/lib/udev/rules.d/60-revenant.rules, join the group revenant-operators and plug the device in again";

}  // namespace revenant::host
