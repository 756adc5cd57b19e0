#pragma once

#include "host/cli/report.hpp"
#include "host/doctor/check.hpp"

namespace revenant::host::doctor {

/// A line for each and one for all; Exit::done only if all is fine.
Report report_of(const Checks& checks);

}  // namespace revenant::host::doctor
