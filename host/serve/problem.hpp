#pragma once

#include <stdexcept>
#include <string>

namespace revenant::host::serve {

/// Why a request over HTTP was not carried out: what() is one sentence for a person.
class Problem : public std::runtime_error {
public:
    Problem(unsigned status, const std::string& sentence, const char* allowed = nullptr)
        : std::runtime_error{sentence}, status_{status}, allowed_{allowed} {}

    /// Of HTTP.
    [[nodiscard]] unsigned status() const { return status_; }
    /// The method that would have been right, for status 405.
    [[nodiscard]] const char* allowed() const { return allowed_; }

private:
    unsigned status_;
    const char* allowed_;
};

/// The body that goes with it: a trace as Octez writes it.
std::string trace_text(const Problem& problem);

}  // namespace revenant::host::serve
