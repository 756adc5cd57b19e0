#pragma once

#include <optional>
#include <string>

namespace revenant {

/// Now in RFC 3339, UTC, milliseconds: "2026-11-30T12:34:56.789Z".
std::string utc_now();

/// Seconds since 1970.
double unix_now();

/// Parses the format of utc_now() to whole seconds since 1970; empty if it is invalid.
std::optional<double> unix_time(const std::string& utc);

}  // namespace revenant
