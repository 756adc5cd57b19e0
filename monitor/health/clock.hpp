#pragma once

#include "monitor/health/health.hpp"

namespace revenant::monitor {

/// Whether the kernel says that the system's clock is synchronised (adjtimex(2)).
Finding look_at_clock();

}  // namespace revenant::monitor
