#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/json/object.hpp>

/// How well each part is, and what that means for the whole. No I/O, no clock: moments are arguments.
namespace revenant::monitor {

using Moment = std::chrono::steady_clock::time_point;

enum class Health : std::uint8_t { healthy, degraded, unhealthy, unknown };

/// "healthy" and so on.
const char* name_of(Health health);

/// What is found out about one part at one time.
struct CheckResult {
    Health health = Health::unknown;
    std::string reason{};                                         ///< in words
    std::optional<std::chrono::microseconds> latency{};           ///< of the look, where there was one
    unsigned failures = 0;                                        ///< in a row
    std::string breaker{};                                        ///< empty: there is none
    bool stale = false;                                           ///< nothing newer could be had
    std::vector<std::pair<std::string, std::string>> breakers{};  ///< of each way, by its unique name: "http", "http#2"
};

/// One part that has a health of its own.
struct Component {
    std::string name;        ///< unique: "device:0123", "dependency:node"
    std::string kind;        ///< device, host, key, dependency, clock, monitor
    bool essential = false;  ///< without it the whole is not healthy
    CheckResult result{};
    std::optional<Moment> checked{}, changed{};  ///< last look; last change of health
    std::uint64_t checks = 0;                    ///< looks that there were
    std::string checked_at{}, changed_at{};      ///< the same for people: RFC 3339
};

/// Whether a person would call it news: anything but the latency.
bool differs(const CheckResult& one, const CheckResult& other);

/// The worst of the essential ones; where those are healthy, degraded as soon as any other is not. Nothing essential
/// and nothing else: unknown.
Health overall(const std::vector<const Component*>& components);

/// `now` is for the age.
boost::json::object to_json(const Component& component, Moment now);

}  // namespace revenant::monitor
