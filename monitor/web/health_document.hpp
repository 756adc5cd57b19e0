#pragma once

#include <boost/json/object.hpp>

#include "monitor/state/health_registry.hpp"

namespace revenant::monitor {

/// Builds an `application/health+json` document (draft-inadarei-api-health-check): status pass, warn or fail, and one
/// check per component.
boost::json::object health_document(const HealthRegistry& registry, const std::string& version);

}  // namespace revenant::monitor
