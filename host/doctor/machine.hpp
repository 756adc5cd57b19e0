#pragma once

#include <optional>
#include <string>

#include <sys/timex.h>
#include <sys/types.h>

#include "host/doctor/check.hpp"
#include "host/doctor/system_paths.hpp"

/// Checks of the baker's machine that need no response from the device.
namespace revenant::host::doctor {

/// Checks that the machine has USB.
Check check_usb(const SystemPaths& paths);

/// Checks that a device is plugged in. `devices`: those that match the selection.
Check check_cable(const std::vector<UsbNode>& devices, const UsbSelection& selection, const SystemPaths& paths);

/// Checks that this user may open a device.
Check check_permission(const UsbNode& device);

/// Checks that a udev rule assigns devices with these ids to the operators' group.
Check check_rule(const UsbSelection& selection, const SystemPaths& paths);

/// This user and the operators' group.
struct Membership {
    uid_t user = 0;
    bool group_exists = false;
    bool listed = false;    ///< the user is a member
    bool in_force = false;  ///< this process has the group
};
/// Returns nothing if the lookup failed.
std::optional<Membership> membership();
Check check_group(const std::optional<Membership>& membership);

/// `state` as adjtimex(2) returned it, with `error` if it failed.
Check check_clock(int state, const timex& clock, int error);
Check clock_now();

}  // namespace revenant::host::doctor
