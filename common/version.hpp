#pragma once

#include <string>

namespace revenant {

/// The version of the suite, from CMake's project().
extern const char* const version;

/// When this program was built: RFC 3339, UTC. SOURCE_DATE_EPOCH decides where it is set, for reproducible builds.
std::string build_date();

}  // namespace revenant
