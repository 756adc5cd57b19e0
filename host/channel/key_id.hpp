#pragma once

#include <string>
#include <vector>

namespace revenant::host {

/// A key id as the device keeps it: trimmed and in lower case. Throws Error if it is invalid.
std::string key_id(const std::string& word);
std::vector<std::string> key_ids(const std::vector<std::string>& words);

}  // namespace revenant::host
