#pragma once

#include <stdexcept>
#include <string>

namespace revenant::host::serve {

/// Why a request over HTTP was not carried out: what() is one sentence for a person.
class Problem : public std::runtime_error {
public:
    Problem(unsigned status, const std::string& sentence, const char* allowed = nullptr)
        : std::runtime_error{sentence}, status_{status}, allowed_{allowed} {}

    /// The same with a word of its own for programs that count.
    [[nodiscard]] Problem because(const char* reason) && {
        reason_ = reason;
        return std::move(*this);
    }

    /// Of HTTP.
    [[nodiscard]] unsigned status() const { return status_; }
    /// The method that would have been right, for status 405.
    [[nodiscard]] const char* allowed() const { return allowed_; }
    /// One of few words: "stale_watermark", "busy" and so on.
    [[nodiscard]] const char* reason() const;

private:
    unsigned status_;
    const char* allowed_;
    const char* reason_ = nullptr;
};

/// The body that goes with it: a trace as Octez writes it.
std::string trace_text(const Problem& problem);

}  // namespace revenant::host::serve
