#include "gadget/usb/endpoint_recovery.hpp"

#include <array>

namespace revenant::gadget {
namespace {

using Step = EndpointRecovery::Step;

// A rebind disconnects the host, so it comes late; the host needs time to recover from it, hence the rearms after it.
constexpr std::array steps{Step::rearm, Step::reopen, Step::rebind, Step::rearm,  Step::rearm,
                           Step::rearm, Step::rearm,  Step::rearm,  Step::give_up};

}  // namespace

EndpointRecovery::Step EndpointRecovery::look(bool dead, Clock::time_point now) {
    if (!dead) {
        taken_ = 0;
        return Step::none;
    }
    const auto step = steps.at(taken_);
    if (step == Step::rebind) {
        if (last_rebind_ && now - *last_rebind_ < rebind_interval)
            return Step::rearm;  // until the interval has passed
        last_rebind_ = now;
    }
    if (step != Step::give_up)
        ++taken_;
    return step;
}

}  // namespace revenant::gadget
