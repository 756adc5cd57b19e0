#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/json/object.hpp>

#include "common/core/clock.hpp"

/// The health of each component and of the whole. No I/O, no clock: times are arguments.
namespace revenant::monitor {

using Moment = Clock::time_point;

enum class Health : std::uint8_t { healthy, degraded, unhealthy, unknown };

/// "healthy", "degraded", "unhealthy" or "unknown".
const char* name_of(Health health);

/// The result of one check of one component.
struct CheckResult {
    Health health = Health::unknown;
    std::string reason{};                                         ///< for the operator
    std::optional<std::chrono::microseconds> latency{};           ///< of the request, if there was one
    unsigned failures = 0;                                        ///< consecutive checks without a response
    std::string breaker{};                                        ///< state of the first probe's breaker; empty: none
    bool stale = false;                                           ///< no response to this check
    std::vector<std::pair<std::string, std::string>> breakers{};  ///< per probe, by unique name: "http", "http#2"
};

/// A monitored component.
struct Component {
    std::string name;        ///< unique: "device:0123", "dependency:node"
    std::string kind;        ///< device, host, key, dependency, clock, monitor
    bool essential = false;  ///< the whole is at best as healthy as this one
    CheckResult result{};
    std::optional<Moment> checked{}, changed{};  ///< last response; last change of health
    std::uint64_t checks = 0;                    ///< number of checks
    std::string checked_at{}, changed_at{};      ///< the same times in RFC 3339
};

/// Whether anything but the latency differs.
bool differs(const CheckResult& one, const CheckResult& other);

/// The worst health of the essential components; if those are healthy, degraded if any other is not healthy. Unknown if
/// there are no components.
Health overall(const std::vector<const Component*>& components);

/// `now`: reference for `age_ms`.
boost::json::object to_json(const Component& component, Moment now);

}  // namespace revenant::monitor
