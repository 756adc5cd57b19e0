#pragma once

#include <array>

#include "common/core/bytes.hpp"
#include "host/link/link.hpp"

namespace revenant::host {

constexpr std::uint8_t readiness_reply_size = 8;
/// How long a device may take to answer the readiness probe.
constexpr std::chrono::milliseconds control_limit = 1s;

/// The readiness probe's SETUP for an interface by its number on the bus.
std::array<std::uint8_t, 8> readiness_setup(std::uint8_t interface);

/// What a device says by these bytes.
Readiness understand(ByteView reply);

}  // namespace revenant::host
