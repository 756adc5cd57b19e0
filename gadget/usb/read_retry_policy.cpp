#include "gadget/usb/read_retry_policy.hpp"

#include <cerrno>

namespace revenant::gadget {

void ReadRetryPolicy::enabled() {
    ++enables_;
    streak_ = 0;
    parked_ = false;
}

ReadRetryPolicy::Next ReadRetryPolicy::ended(const error_code& failed) {
    const auto is = [&failed](int number) { return failed == from_errno(number); };
    if (!failed) {
        streak_ = 0;
        return Next::deliver;
    }
    if (failed == asio::error::operation_aborted)
        return Next::give_back;
    if (is(ESHUTDOWN) || is(ECONNRESET))  // the function was disabled; dwc3 also dequeues reads without a cancellation
        return lost();
    if (is(ENOMEM) || is(ENOBUFS) || is(EINTR))  // no memory for the request at the moment
        return lost();
    if (is(EAGAIN) &&
        submitted_in_ != enables_)  // it was disabled or suspended, and the enable was received before this error
        return Next::submit;
    parked_ = true;
    return Next::park;
}

/// The enable that follows may already have been received, so retry at once; but not in a tight loop, since a
/// disconnected controller fails every request.
ReadRetryPolicy::Next ReadRetryPolicy::lost() {
    ++streak_;
    if (streak_ <= max_at_once)
        return Next::submit;
    parked_ = true;
    return streak_ <= max_at_once + max_pauses ? Next::back_off : Next::park;
}

}  // namespace revenant::gadget
