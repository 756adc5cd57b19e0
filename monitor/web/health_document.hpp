#pragma once

#include <boost/json/object.hpp>

#include "monitor/state/health_registry.hpp"

namespace revenant::monitor {

/// `application/health+json`, as draft-inadarei-api-health-check has it: status pass, warn or fail, and a check for
/// each part.
boost::json::object health_document(const HealthRegistry& registry, const std::string& version);

}  // namespace revenant::monitor
