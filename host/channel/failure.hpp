#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>

namespace revenant::host {

/// Exit codes of `revenant`.
enum class Exit : int {
    done = 0,
    failed = 1,
    usage = 2,
    no_device = 3,   ///< or no answer from it within the deadline
    refused = 4,     ///< the device said no; its error code is in the message
    passphrase = 5,  ///< wrong, or too many wrong ones lately
    unknown = 6,     ///< it may have been done
    interrupted = 130,
};

/// A verb that did not succeed; what() is one sentence for a person.
class Failure : public std::runtime_error {
public:
    Failure(Exit exit, std::string code, const std::string& sentence, std::optional<std::uint32_t> device_code = {})
        : std::runtime_error{sentence}, exit_{exit}, code_{std::move(code)}, device_code_{device_code} {}

    [[nodiscard]] Exit exit() const { return exit_; }
    /// A short word for programs: "no_device", "refused" and so on.
    [[nodiscard]] const std::string& code() const { return code_; }
    /// The number in the device's error response.
    [[nodiscard]] std::optional<std::uint32_t> device_code() const { return device_code_; }

private:
    Exit exit_;
    std::string code_;
    std::optional<std::uint32_t> device_code_;
};

/// The words on the command line are wrong.
inline Failure usage_error(const std::string& sentence) {
    return {Exit::usage, "usage", sentence};
}

}  // namespace revenant::host
