#pragma once

#include <functional>

#include "common/core/asio.hpp"

namespace revenant {

/// Pings the service manager's watchdog, three times in its interval, while `alive` says so; it kills us when that
/// ends. Returns at once where there is no watchdog. Until cancelled.
awaitable<void> feed_watchdog(std::function<bool()> alive);

}  // namespace revenant
