#pragma once

#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "common/wire/message.hpp"

namespace revenant::host {

/// The status of a key with all its fields.
boost::json::object key_json(const KeyStatus& key);
/// A table of keys: the marks of each key and chain.
std::string status_text(const std::vector<KeyStatus>& keys);
/// All fields of each key, one per line.
std::string full_status_text(const std::vector<KeyStatus>& keys);
const char* lock_text(LockState state);
/// Whether the device cannot write the next reserve of the key's marks on some chain.
bool reserve_failed(const KeyStatus& key);

}  // namespace revenant::host
