#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "host/channel/channel.hpp"
#include "host/doctor/check.hpp"
#include "host/link/link.hpp"

/// Checks of a device: its readiness, interfaces, versions and keys.
namespace revenant::host::doctor {

/// Checks the result of the readiness probe: the registrar answers it, and says whether a gadget is alive.
Check check_readiness(Readiness readiness);

enum class Hold : std::uint8_t { free, held, neither };
/// Returns the programs that have a device's node open, as "revenant (pid 12)"; only those that this user may inspect.
std::vector<std::string> holders_of(const std::filesystem::path& node, const std::filesystem::path& processes);
/// A held sign interface is fine: a remote signer holds it all the time.
Check check_interface(Interface interface, Hold hold, const std::vector<std::string>& holders);

/// Compares the versions of both ends. They are compatible: the probe has verified the protocol version by now.
Check check_versions(const Answer& answer);

/// Checks that the device has keys, that they are unlocked and that their marks are intact.
Checks check_keys(const Answer& about_master, const Answer& about_keys);

}  // namespace revenant::host::doctor
