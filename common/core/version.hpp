#pragma once

#include <string>

namespace revenant {

/// The version of the suite, from CMake's project().
extern const char* const version;

/// The date of the source that this program was built from: RFC 3339, UTC. It is SOURCE_DATE_EPOCH where that is set,
/// else the date of the commit, so that equal sources give equal programs.
std::string build_date();

}  // namespace revenant
