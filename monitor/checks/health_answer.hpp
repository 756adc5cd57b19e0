#pragma once

#include <string_view>

#include "monitor/checks/probe.hpp"

namespace revenant::monitor {

/// Maps an HTTP response to health: 2xx is healthy; an `application/health+json` document may lower that with status
/// warn or fail. The input is untrusted. No I/O.
Answer health_answer(unsigned status, std::string_view type, std::string_view body);

}  // namespace revenant::monitor
