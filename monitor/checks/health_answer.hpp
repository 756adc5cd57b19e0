#pragma once

#include <string_view>

#include "monitor/checks/probe.hpp"

namespace revenant::monitor {

/// Maps an HTTP response to health: 2xx is healthy, another status is unhealthy. An `application/health+json` document
/// may lower that: its status is pass, ok or up; warn; or fail, error or down, in any case; a document without one of
/// these is degraded. The input is untrusted. No I/O.
Answer health_answer(unsigned status, std::string_view type, std::string_view body);

}  // namespace revenant::monitor
