#pragma once

#include "common/async/asio.hpp"
#include "monitor/settings.hpp"

namespace revenant::monitor {

/// Runs the monitor until cancelled; viewers then get a "shutdown" event. Throws std::runtime_error with a message for
/// the operator.
awaitable<void> run_monitor(Settings settings);

}  // namespace revenant::monitor
