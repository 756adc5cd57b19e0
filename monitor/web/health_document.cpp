#include "monitor/web/health_document.hpp"

namespace revenant::monitor {
namespace {

namespace json = boost::json;

/// Unknown maps to warn: not reliable, but not known to have failed.
const char* status_of(Health health) {
    switch (health) {
        case Health::healthy:
            return "pass";
        case Health::degraded:
        case Health::unknown:
            return "warn";
        case Health::unhealthy:
            return "fail";
    }
    return "fail";
}

json::object check_of(const Component& component) {
    json::object check{{"componentType", component.kind}, {"status", status_of(component.result.health)}};
    if (component.result.health != Health::healthy)
        check["output"] = component.result.reason;
    if (component.result.latency) {
        check["observedValue"] = static_cast<double>(component.result.latency->count()) / 1000.0;
        check["observedUnit"] = "ms";
    }
    if (component.checked)
        check["time"] = component.checked_at;
    return check;
}

}  // namespace

json::object health_document(const HealthRegistry& registry, const std::string& version) {
    json::object checks;
    for (const auto& [name, component] : registry.components())
        checks[name] = json::array{check_of(component)};
    return {{"status", status_of(registry.health())},
            {"version", "1"},
            {"releaseId", version},
            {"description", "revenant: a Tezos signing device"},
            {"checks", std::move(checks)}};
}

}  // namespace revenant::monitor
