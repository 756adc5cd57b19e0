#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The target of a request (RFC 9112, 3.2), an untrusted text. No state: any thread.
namespace revenant::http {

struct Target {
    std::string path{};       ///< "/keys/tz4…", percent-decoded except "%2F"
    std::string query{};      ///< after the '?', as it was sent
    std::string authority{};  ///< of the absolute form: "signer.example:80"; else empty
};

/// Parses the origin form ("/path?query"), the absolute form ("http://host/path") and "*". Nothing if it is invalid.
std::optional<Target> parse_target(std::string_view text);

/// Whether the text is the value of a Host field: a name or address, and possibly a port. RFC 9110, 7.2; RFC
/// 3986, 3.2.2.
bool is_authority(std::string_view text);

/// The pairs of a query, percent-decoded, in their order. Empty pairs are left out; a name without '=' has an empty
/// value.
std::vector<std::pair<std::string, std::string>> parse_query(std::string_view query);

/// The first value of a query parameter; nothing if it is absent.
std::optional<std::string> parameter(std::string_view query, std::string_view name);

}  // namespace revenant::http
