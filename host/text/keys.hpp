#pragma once

#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "common/wire/message.hpp"

namespace revenant::host {

/// All that a status says of a key.
boost::json::object key_json(const KeyStatus& key);
/// A table of keys: what each signed last on each chain.
std::string status_text(const std::vector<KeyStatus>& keys);
/// The same and all else that is known of each key, in lines.
std::string full_status_text(const std::vector<KeyStatus>& keys);
const char* lock_text(LockState state);

}  // namespace revenant::host
