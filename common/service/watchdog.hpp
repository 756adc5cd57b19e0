#pragma once

#include "common/core/asio.hpp"

namespace revenant::service {

/// Tells the service manager that the loop turns, twice in each interval it asked for, until cancelled. Returns at once
/// if it did not ask.
awaitable<void> keep_watchdog_content();

}  // namespace revenant::service
