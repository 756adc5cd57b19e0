#pragma once

#include "monitor/health/health.hpp"

namespace revenant::monitor {

/// Whether the kernel says that the system's clock is synchronised (adjtimex(2)).
CheckResult check_clock();

}  // namespace revenant::monitor
