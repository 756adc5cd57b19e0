#pragma once

#include <string>
#include <vector>

#include "common/service/declarations.hpp"

namespace revenant {

/// The words with what the first of them mean in their place: "advanced set-level 7" becomes "set-level 7".
std::vector<std::string> resolve_aliases(std::vector<std::string> words, const std::vector<Alias>& aliases);

/// The option that is meant by a key of the parser, "device" or "-d": "serial". Another key is its own meaning.
std::string resolve_option(const std::string& key, const std::vector<Alias>& aliases);

/// All that say the same as `means`: "--device, -d". Empty: nothing does.
std::string aliases_of(const std::string& means, const std::vector<Alias>& aliases);

/// "list-devices (devices), -d (--serial)"
std::string text_of(const std::vector<Alias>& aliases);

}  // namespace revenant
