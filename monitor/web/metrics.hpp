#pragma once

#include <string>

#include "monitor/state/health_registry.hpp"

namespace revenant::monitor {

/// What the web's side counts.
struct WebMetrics {
    std::uint64_t streams = 0, streams_joined = 0, streams_refused = 0, events = 0, dropped = 0, connections = 0;
};

/// All of it in Prometheus's text format.
std::string metrics_text(const HealthRegistry& registry, const WebMetrics& web, const std::string& version);

}  // namespace revenant::monitor
