#pragma once

#include <optional>
#include <string>

namespace revenant {

/// Now in RFC 3339, UTC, milliseconds: "2026-11-30T12:34:56.789Z".
std::string utc_now();

/// Seconds since 1970.
double unix_now();

/// The same of a text as utc_now() gives it, in whole seconds; nothing if it is none.
std::optional<double> unix_time(const std::string& utc);

}  // namespace revenant
