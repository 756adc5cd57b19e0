#pragma once

#include <string>

#include "monitor/state/health_registry.hpp"

namespace revenant::monitor {

/// Counters of the web server.
struct WebMetrics {
    std::uint64_t streams = 0, streams_joined = 0, streams_refused = 0, events = 0, dropped = 0, connections = 0;
};

/// All metrics in the Prometheus text format 0.0.4.
std::string metrics_text(const HealthRegistry& registry, const WebMetrics& web, const std::string& version);

}  // namespace revenant::monitor
