#include "host/devices/refusal.hpp"

#include <fmt/format.h>

#include "host/text/printable.hpp"

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
    Problem problem{status_of(error.code),
                    words.find(subject) == std::string::npos ? subject + ": " + sentence : sentence};
    if (error.code == ErrorCode::key_locked)
        return std::move(problem).because("key_locked");
    if (error.code == ErrorCode::busy)
        return std::move(problem).because("busy");
    if (error.code == ErrorCode::bad_payload)
        return std::move(problem).because("bad_payload");
    return problem;
}

Problem strange_answer() {
    return {502, "the device answered something else than was asked: update revenant on both ends"};
}

}  // namespace revenant::host::serve
