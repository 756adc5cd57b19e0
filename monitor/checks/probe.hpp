#pragma once

#include <string>

#include "common/async/asio.hpp"
#include "monitor/health/health.hpp"

namespace revenant::monitor {

/// What asking brought.
struct Answer {
    bool came = false;  ///< someone answered, if only to say that it is not well
    Health health = Health::unhealthy;
    std::string reason{};
};

/// One way to ask a dependency how it is.
class Probe {
public:
    Probe() = default;
    Probe(const Probe&) = delete;
    Probe& operator=(const Probe&) = delete;
    virtual ~Probe() = default;

    /// mdp, http, unix, status
    [[nodiscard]] virtual const char* name() const = 0;
    /// Ends at the deadline, whatever the other side does. One question at a time. Throws operation_aborted only.
    virtual awaitable<Answer> ask(Moment deadline) = 0;
    /// Gives up what it keeps from one question to the next; one that is under way ends at once, without an answer.
    virtual void reset() {}
};

}  // namespace revenant::monitor
