#pragma once

#include <chrono>
#include <cstddef>
#include <optional>

namespace revenant::gadget {

/// What is done, step by step, about an endpoint that stays dead although the function is enabled. Each look at it that
/// finds it dead is a step; one that finds it alive begins anew. No clock of its own.
class EndpointRecovery {
public:
    using Clock = std::chrono::steady_clock;
    enum class Step {
        none,     ///< it is alive
        rearm,    ///< post its read again
        reopen,   ///< open its files again
        rebind,   ///< ask the registrar to bind the function again
        give_up,  ///< nothing helped: the process ends and is started again
    };
    static constexpr auto rebind_interval = std::chrono::seconds{30};  ///< least, between two

    /// A look at `now` found it dead or alive.
    Step look(bool dead, Clock::time_point now);

    /// Nothing is under way: no further look is needed while it is alive.
    [[nodiscard]] bool idle() const { return taken_ == 0; }

private:
    std::size_t taken_ = 0;  // steps since it was alive
    std::optional<Clock::time_point> last_rebind_;
};

}  // namespace revenant::gadget
