#pragma once

#include <string>
#include <vector>

#include "common/wire/message.hpp"
#include "host/cli/commands.hpp"

namespace revenant::host {

/// A table of the keys, numbered from 1: id, address and lock.
std::string numbered(const std::vector<KeyStatus>& keys);

/// The ids selected by a line of numbers and ids, separated by blanks and commas, without duplicates. "all" alone
/// selects all keys in the state `from`; unspecified: all keys. Returns nothing for an empty line. Throws Error for a
/// word that matches no key, or two.
std::vector<std::string> chosen_keys(const std::string& line, const std::vector<KeyStatus>& keys,
                                     LockState from = LockState::unspecified);

/// Shows the device's keys on the terminal and prompts for a choice. `what`: "unlock". Throws Error if none is chosen.
/// The device's interfaces are free during the prompt.
awaitable<std::vector<std::string>> choose_keys(const Call& call, std::string what,
                                                LockState from = LockState::unspecified);

}  // namespace revenant::host
