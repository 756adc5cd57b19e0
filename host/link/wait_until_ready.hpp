#pragma once

#include "host/link/link.hpp"

namespace revenant::host {

/// This program's connection plugs a loopback device in; its gadget then takes a moment to become ready.
constexpr std::chrono::milliseconds settling_time = 1s;

/// Probes until the result is not `not_ready` or `limit` has passed; returns the last result.
awaitable<Readiness> wait_until_ready(Link& link, std::chrono::milliseconds limit);

}  // namespace revenant::host
