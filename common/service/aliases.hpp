#pragma once

#include <string>
#include <vector>

#include "common/service/declarations.hpp"

namespace revenant {

/// Replaces an alias at the start of `words` by its command: "advanced set-level 7" becomes "set-level 7".
std::vector<std::string> resolve_aliases(std::vector<std::string> words, const std::vector<Alias>& aliases);

/// Returns the option for a key from the parser: "device" or "-d" gives "serial". A key without alias is returned
/// unchanged.
std::string resolve_option(const std::string& key, const std::vector<Alias>& aliases);

/// Returns all aliases of `means`: "--device, -d"; empty if there are none.
std::string aliases_of(const std::string& means, const std::vector<Alias>& aliases);

/// "list-devices (devices), -d (--serial)"
std::string text_of(const std::vector<Alias>& aliases);

}  // namespace revenant
