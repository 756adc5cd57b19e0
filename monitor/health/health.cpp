#include "monitor/health/health.hpp"

#include <algorithm>

namespace revenant::monitor {
namespace {

/// Order of severity: unknown ranks between degraded and unhealthy.
int badness(Health health) {
    switch (health) {
        case Health::healthy:
            return 0;
        case Health::degraded:
            return 1;
        case Health::unknown:
            return 2;
        case Health::unhealthy:
            return 3;
    }
    return 3;
}

}  // namespace

const char* name_of(Health health) {
    switch (health) {
        case Health::healthy:
            return "healthy";
        case Health::degraded:
            return "degraded";
        case Health::unhealthy:
            return "unhealthy";
        case Health::unknown:
            return "unknown";
    }
    return "unknown";
}

bool differs(const CheckResult& one, const CheckResult& other) {
    return one.health != other.health || one.reason != other.reason || one.failures != other.failures ||
           one.breaker != other.breaker || one.breakers != other.breakers || one.stale != other.stale;
}

Health overall(const std::vector<const Component*>& components) {
    if (components.empty())
        return Health::unknown;
    auto worst = Health::healthy;
    bool all_healthy = true;
    for (const auto* component : components) {
        all_healthy = all_healthy && component->result.health == Health::healthy;
        if (component->essential && badness(component->result.health) > badness(worst))
            worst = component->result.health;
    }
    return worst == Health::healthy && !all_healthy ? Health::degraded : worst;
}

boost::json::object to_json(const Component& component, Moment now) {
    const auto& result = component.result;
    boost::json::object json{{"name", component.name},
                             {"kind", component.kind},
                             {"essential", component.essential},
                             {"state", name_of(result.health)},
                             {"reason", result.reason},
                             {"failures", result.failures},
                             {"stale", result.stale}};
    if (result.latency)
        json["latency_ms"] = static_cast<double>(result.latency->count()) / 1000.0;
    if (!result.breaker.empty())
        json["breaker"] = result.breaker;
    if (result.breakers.size() > 1) {
        boost::json::object breakers;
        for (const auto& [probe, state] : result.breakers)
            breakers[probe] = state;
        json["breakers"] = std::move(breakers);
    }
    if (component.checked) {
        json["checked"] = component.checked_at;
        json["age_ms"] = std::chrono::duration_cast<std::chrono::milliseconds>(now - *component.checked).count();
    }
    if (component.changed)
        json["changed"] = component.changed_at;
    return json;
}

}  // namespace revenant::monitor
