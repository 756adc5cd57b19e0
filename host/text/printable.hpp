#pragma once

#include <string>

namespace revenant::host {

/// A text from the device without control characters: it cannot move a terminal's cursor.
std::string printable(std::string text);

}  // namespace revenant::host
