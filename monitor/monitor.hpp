#pragma once

#include "common/async/asio.hpp"
#include "monitor/settings.hpp"

namespace revenant::monitor {

/// The whole program below its options, until cancelled: then everyone who watches gets a farewell. Throws
/// std::runtime_error with a sentence for a person.
awaitable<void> run_monitor(Settings settings);

}  // namespace revenant::monitor
