#pragma once

#include <string>

#include "common/async/asio.hpp"
#include "monitor/health/health.hpp"

namespace revenant::monitor {

/// The result of one probe request.
struct Answer {
    bool came = false;  ///< a response arrived, healthy or not
    Health health = Health::unhealthy;
    std::string reason{};
};

/// Checks a dependency through one protocol and target.
class Probe {
public:
    Probe() = default;
    Probe(const Probe&) = delete;
    Probe& operator=(const Probe&) = delete;
    virtual ~Probe() = default;

    /// mdp, http, unix, status
    [[nodiscard]] virtual const char* name() const = 0;
    /// Returns at the deadline at the latest, whatever the peer does. One request at a time. Throws only
    /// operation_aborted.
    virtual awaitable<Answer> ask(Moment deadline) = 0;
    /// Closes what it keeps between requests; a request in flight ends at once, without a response.
    virtual void reset() {}
};

}  // namespace revenant::monitor
