#pragma once

#include <chrono>
#include <string>

namespace revenant::gadget::keystore {

/// Milliseconds of CLOCK_BOOTTIME: the throttle's clock.
using Boottime = std::chrono::milliseconds;
/// Milliseconds of CLOCK_MONOTONIC: used to refill a jump budget. Time switched off does not count.
using Uptime = std::chrono::milliseconds;

Boottime boottime_now();
Uptime uptime_now();

/// The kernel's boot id, different after every reboot. Throws std::system_error.
std::string read_boot_id();

}  // namespace revenant::gadget::keystore
