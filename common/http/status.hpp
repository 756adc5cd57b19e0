#pragma once

#include <cstdint>
#include <string_view>

namespace revenant::http {

/// The status codes of RFC 9110, section 15, and RFC 6585 (header_too_large) that the programs send.
enum class Status : std::uint16_t {
    ok = 200,
    not_modified = 304,
    bad_request = 400,
    unauthorized = 401,
    forbidden = 403,
    not_found = 404,
    method_not_allowed = 405,
    conflict = 409,
    content_too_large = 413,
    misdirected_request = 421,
    too_many_requests = 429,
    header_too_large = 431,
    internal_error = 500,
    not_implemented = 501,
    bad_gateway = 502,
    unavailable = 503,
};

constexpr unsigned number(Status status) {
    return static_cast<unsigned>(status);
}

/// "Not Found"
std::string_view reason(Status status);

}  // namespace revenant::http
