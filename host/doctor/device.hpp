#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "host/channel/channel.hpp"
#include "host/doctor/check.hpp"
#include "host/link/link.hpp"

/// What a device shows and says of itself.
namespace revenant::host::doctor {

/// The readiness probe in words: its registrar answers it, and says whether a gadget is alive.
Check check_readiness(Readiness readiness);

enum class Hold : std::uint8_t { free, held, neither };
/// The programs that have a device's node open, as "revenant (pid 12)"; only those that this user may look into.
std::vector<std::string> holders_of(const std::filesystem::path& node, const std::filesystem::path& processes);
/// A held sign interface is as it should be: that is how a baker's signer works.
Check check_interface(Interface interface, Hold hold, const std::vector<std::string>& holders);

/// Both ends: what they are, and that they fit. The probe has said by now that both speak one protocol.
Check check_versions(const Answer& answer);

/// That there are keys, that they are unlocked, and what became of their marks.
Checks check_keys(const Answer& about_master, const Answer& about_keys);

}  // namespace revenant::host::doctor
