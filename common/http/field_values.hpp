#pragma once

#include <optional>
#include <string_view>

/// Values of header fields. No state: any thread.
namespace revenant::http {

/// Whether a value of If-None-Match lists the entity tag, by weak comparison, or is "*". RFC 9110, 8.8.3.2 and 13.1.2.
bool matches_tag(std::string_view if_none_match, std::string_view tag);

/// What follows the scheme in a value of Authorization; nothing if the scheme is another one. RFC 9110, 11.1 and 11.4:
/// the scheme is case-insensitive, and one or more blanks follow it.
std::optional<std::string_view> credentials(std::string_view authorization, std::string_view scheme);

}  // namespace revenant::http
