#pragma once

#include <string_view>

#include "monitor/checks/probe.hpp"

namespace revenant::monitor {

/// What a reply of HTTP means: 2xx is well; a document of the type `application/health+json` may say pass, warn or
/// fail. The text may come from anyone. No I/O.
Answer health_answer(unsigned status, std::string_view type, std::string_view body);

}  // namespace revenant::monitor
