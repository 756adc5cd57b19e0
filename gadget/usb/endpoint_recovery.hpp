#pragma once

#include <cstddef>
#include <optional>

#include "common/core/clock.hpp"

namespace revenant::gadget {

/// Recovery steps for an endpoint that does not work although the function is enabled. Each check that finds it dead
/// takes the next step; a check that finds it alive starts over. Has no clock of its own.
class EndpointRecovery {
public:
    enum class Step {
        none,     ///< the endpoint is alive
        rearm,    ///< post its read again
        reopen,   ///< open its files again
        rebind,   ///< ask the registrar to bind the function again
        give_up,  ///< nothing helped: the process exits and is restarted
    };
    static constexpr auto rebind_interval = std::chrono::seconds{30};  ///< minimum between two rebinds

    /// Returns the step for a check at `now` that found the endpoint dead or alive.
    Step look(bool dead, Clock::time_point now);

    /// No recovery in progress: no further check is needed while the endpoint is alive.
    [[nodiscard]] bool idle() const { return taken_ == 0; }

private:
    std::size_t taken_ = 0;  // steps taken since it was alive
    std::optional<Clock::time_point> last_rebind_;
};

}  // namespace revenant::gadget
