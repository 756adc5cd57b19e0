#pragma once

#include <functional>

#include "common/async/asio.hpp"

namespace revenant::service {

/// Pings the service manager's watchdog twice per interval until cancelled, while the loop runs and `healthy` (if set)
/// returns true. Returns at once if the watchdog is off.
awaitable<void> keep_watchdog_content(std::function<bool()> healthy = {});

}  // namespace revenant::service
