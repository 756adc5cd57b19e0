#pragma once

#include <string>

namespace revenant::host::serve {

/// The body of an error response: an error trace as Octez writes it, with this sentence.
std::string trace_text(const std::string& sentence);

}  // namespace revenant::host::serve
