#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

#include "common/core/bytes.hpp"
#include "common/core/secret.hpp"

namespace revenant::test {

/// The parsed file of that name in test/vectors. Throws when it is missing or not JSON.
boost::json::value vectors(std::string_view file);

/// Bytes of hex digits. Throws at anything else.
Bytes unhex(std::string_view text);
std::string hex(ByteView bytes);

/// Hex digits as a Secret (calls sodium_init), and back.
Secret secret_of(std::string_view text);
std::string hex(const Secret& secret);

/// The text of a JSON member. Throws when there is none.
std::string text_of(const boost::json::value& object, std::string_view member);

/// A copy of the elements of a JSON member. Throws when there is none.
std::vector<boost::json::value> list_of(const boost::json::value& object, std::string_view member);

}  // namespace revenant::test
