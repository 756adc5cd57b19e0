#pragma once

#include <functional>

#include "common/async/asio.hpp"

namespace revenant::service {

/// Pings the service manager's watchdog four times per interval until cancelled, while `healthy` (if set) returns true.
/// A ping that the loop reaches later than an eighth of the interval is left out: a loop that turns, but leaves
/// everyone waiting, is not alive. Returns at once if the watchdog is off.
awaitable<void> keep_watchdog_content(std::function<bool()> healthy = {});

}  // namespace revenant::service
