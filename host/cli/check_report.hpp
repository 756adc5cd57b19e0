#pragma once

#include "host/cli/report.hpp"
#include "host/doctor/check.hpp"

namespace revenant::host::doctor {

/// One line per check and a summary; Exit::done only if all checks succeeded.
Report report_of(const Checks& checks);

}  // namespace revenant::host::doctor
