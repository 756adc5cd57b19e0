#pragma once

#include <string>
#include <string_view>

namespace revenant::manual {

/// Text as a line of a page, or as the argument of a macro: what roff would take for its own is spelled out.
std::string roff(std::string_view text);

/// The same, for text that a person types: each dash is the keyboard's, and no variable's name is broken at a line's
/// end.
std::string typed(std::string_view text);

}  // namespace revenant::manual
