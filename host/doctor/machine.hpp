#pragma once

#include <optional>
#include <string>

#include <sys/timex.h>
#include <sys/types.h>

#include "host/doctor/check.hpp"
#include "host/doctor/system_paths.hpp"

/// What can be seen of the baker's machine without a word from the device.
namespace revenant::host::doctor {

/// That the machine has a USB at all.
Check check_usb(const SystemPaths& paths);

/// That a device is plugged in. `devices`: those that fit the selection.
Check check_cable(const std::vector<UsbNode>& devices, const UsbSelection& selection, const SystemPaths& paths);

/// That this user may open a device.
Check check_permission(const UsbNode& device);

/// That udev gives devices with these ids to the group of the operators.
Check check_rule(const UsbSelection& selection, const SystemPaths& paths);

/// This user and the group of the operators.
struct Membership {
    uid_t user = 0;
    bool group_exists = false;
    bool listed = false;    ///< in the group's list
    bool in_force = false;  ///< and so is this process
};
/// Nothing: the system could not be asked.
std::optional<Membership> membership();
Check check_group(const std::optional<Membership>& membership);

/// `state` as adjtimex(2) returned it, with `error` if it failed.
Check check_clock(int state, const timex& clock, int error);
Check clock_now();

}  // namespace revenant::host::doctor
