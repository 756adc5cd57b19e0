#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>

#include "host/error/fault.hpp"

namespace revenant::host {

/// A command or a request that failed; what() is one sentence: the thing, the cause and the remedy.
class Error : public std::runtime_error {
public:
    Error(Fault fault, const std::string& sentence, std::optional<std::uint32_t> device_code = {})
        : std::runtime_error{sentence}, fault_{fault}, device_code_{device_code} {}

    [[nodiscard]] Fault fault() const { return fault_; }
    /// The number in the device's error response.
    [[nodiscard]] std::optional<std::uint32_t> device_code() const { return device_code_; }

private:
    Fault fault_;
    std::optional<std::uint32_t> device_code_;
};

/// The command line or a setting is wrong.
inline Error usage_error(const std::string& sentence) {
    return {Fault::usage, sentence};
}

}  // namespace revenant::host
