#pragma once

#include "monitor/health/health.hpp"

namespace revenant::monitor {

/// Whether the kernel reports the system clock as synchronised (adjtimex(2)).
CheckResult check_clock();

}  // namespace revenant::monitor
