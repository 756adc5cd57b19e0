#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

#include "common/core/bytes.hpp"
#include "common/core/secret.hpp"

namespace revenant::test {

/// Parses a file in test/vectors. Throws if it is missing or not JSON.
boost::json::value vectors(std::string_view file);

/// Decodes hex digits. Throws on other input.
Bytes unhex(std::string_view text);
std::string hex(ByteView bytes);

/// Converts hex digits to a Secret (calls sodium_init) and back.
Secret secret_of(std::string_view text);
std::string hex(const Secret& secret);

/// Returns the text of a JSON member. Throws if it is missing.
std::string text_of(const boost::json::value& object, std::string_view member);

/// Returns a copy of the elements of a JSON member. Throws if it is missing.
std::vector<boost::json::value> list_of(const boost::json::value& object, std::string_view member);

}  // namespace revenant::test
