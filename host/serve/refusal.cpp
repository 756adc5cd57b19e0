#include "host/serve/refusal.hpp"

#include <fmt/format.h>

#include "host/output.hpp"

namespace revenant::host::serve {
namespace {

unsigned status_of(ErrorCode code) {
    switch (code) {
        case ErrorCode::key_not_found:
            return 404;
        case ErrorCode::key_locked:
            return 403;
        case ErrorCode::stale_watermark:
            return 409;
        case ErrorCode::bad_payload:
            return 400;
        case ErrorCode::busy:
            return 503;
        default:
            return 500;
    }
}

}  // namespace

Problem refusal(const std::string& subject, const ErrorResponse& error) {
    const auto words = printable(error.message);
    const auto sentence =
        fmt::format("the device refused (error {}): {}", static_cast<std::uint32_t>(error.code), words);
    return {status_of(error.code), words.find(subject) == std::string::npos ? subject + ": " + sentence : sentence};
}

}  // namespace revenant::host::serve
