#pragma once

#include <functional>

#include "common/async/asio.hpp"

namespace revenant::service {

/// Tells the service manager that we live, twice in each interval it asked for, until cancelled: that the loop turns,
/// and that `healthy` says so (nothing given: the loop is enough). Returns at once if it did not ask.
awaitable<void> keep_watchdog_content(std::function<bool()> healthy = {});

}  // namespace revenant::service
