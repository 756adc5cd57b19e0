#include "host/channel/refusal.hpp"

#include <fmt/format.h>

#include "host/text/printable.hpp"

namespace revenant::host {
namespace {

Fault fault_of(const ErrorResponse& error) {
    switch (error.code) {
        case ErrorCode::key_not_found:
            return Fault::key_not_found;
        case ErrorCode::key_locked:
            return Fault::key_locked;
        case ErrorCode::stale_watermark:
            return Fault::stale_watermark;
        case ErrorCode::bad_payload:
            return Fault::bad_payload;
        case ErrorCode::busy:
            return Fault::busy;
        case ErrorCode::throttled:
        case ErrorCode::delete_throttled:
        case ErrorCode::delete_wrong_passphrase:
            return Fault::wrong_passphrase;
        default:
            return blames_passphrase(error.message) ? Fault::wrong_passphrase : Fault::refused;
    }
}

}  // namespace

Error refusal(const ErrorResponse& error, const std::string& subject) {
    const auto words = printable(error.message);
    const auto code = static_cast<std::uint32_t>(error.code);
    auto sentence = fmt::format("the device refused (error {}): {}", code, words);
    if (!subject.empty() && words.find(subject) == std::string::npos)
        sentence = fmt::format("{}: {}", subject, sentence);
    return {fault_of(error), sentence, code};
}

bool blames_passphrase(const std::string& error) {
    const auto has = [&](const char* words) { return error.find(words) != std::string::npos; };
    // A tezsign device: "bad password or corrupted key", "seed corrupted or bad password".
    return has("bad password") || (has("passphrase") && (has("wrong") || has("too many")));
}

Error bad_answer() {
    return {Fault::bad_answer, "the device sent no answer to the request: update revenant on both ends"};
}

}  // namespace revenant::host
