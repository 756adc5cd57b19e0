#pragma once

#include <string>
#include <string_view>

namespace revenant {

/// Replaces each byte that is not printable ASCII by its value, as in "\x00", so that a message shows what cannot be
/// seen: control characters, blanks of other scripts, a byte order mark.
std::string visible(std::string_view text);

}  // namespace revenant
