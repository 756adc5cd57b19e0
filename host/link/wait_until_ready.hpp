#pragma once

#include "host/link/link.hpp"

namespace revenant::host {

/// A loopback device is plugged in by our own connection; its gadget then needs a moment.
constexpr std::chrono::milliseconds settling_time = 1s;

/// Probes until the device is ready, is known not to be there, or the time is up.
awaitable<Readiness> wait_until_ready(Link& link, std::chrono::milliseconds limit);

}  // namespace revenant::host
