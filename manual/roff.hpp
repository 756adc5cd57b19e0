#pragma once

#include <string>
#include <string_view>

namespace revenant::manual {

/// Escapes text for a line of a page or the argument of a macro.
std::string roff(std::string_view text);

/// The same for text that the user types: dashes are ASCII minus signs, and variable names are not broken at the end of
/// a line.
std::string typed(std::string_view text);

}  // namespace revenant::manual
