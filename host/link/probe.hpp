#pragma once

#include <array>

#include "common/core/bytes.hpp"
#include "host/link/link.hpp"

namespace revenant::host {

constexpr std::uint8_t readiness_reply_size = 8;
/// Time limit of the readiness probe.
constexpr std::chrono::milliseconds control_limit = 1s;

/// The request type of the readiness probe. revenant devices answer both.
enum class ProbeRequest : std::uint8_t {
    vendor = 0xC1,    ///< needs no claim
    standard = 0x81,  ///< the only one that tezsign devices answer; the kernel requires a claim of the interface
};

/// Returns the SETUP of the readiness probe for an interface, by its number on the bus.
std::array<std::uint8_t, 8> readiness_setup(std::uint8_t interface, ProbeRequest request = ProbeRequest::vendor);

/// Decodes the response to the readiness probe.
Readiness understand(ByteView reply);

}  // namespace revenant::host
