#pragma once

#include <string>

namespace revenant::host {

/// Replaces control characters by '?', so that a text from the device cannot move a terminal's cursor.
std::string printable(std::string text);

}  // namespace revenant::host
