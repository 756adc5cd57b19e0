#pragma once

#include <string>

namespace revenant {

/// The version of the suite, from CMake's project().
extern const char* const version;

/// The date of the source in RFC 3339, UTC: SOURCE_DATE_EPOCH if set, else the commit date. Equal sources thus build
/// equal programs.
std::string build_date();

}  // namespace revenant
