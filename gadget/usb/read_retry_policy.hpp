#pragma once

#include <cstdint>

#include "common/async/asio.hpp"

namespace revenant::gadget {

/// Decides when an OUT endpoint's read is posted again, from the last result and the registrar's announcements. An
/// enable may be received before the failure that it explains, and most events are never seen; so an enable is a level,
/// "post all again", and is compared with the one in which the read was posted. No I/O, no clock.
class ReadRetryPolicy {
public:
    /// The action after a read has ended.
    enum class Next {
        deliver,   ///< a packet, possibly empty
        submit,    ///< post it again at once
        back_off,  ///< parked: retry() after `pause` or at the next enable
        park,      ///< parked: until an enable, or retry() by a slow timer
        give_back  ///< cancelled by its owner
    };
    static constexpr auto pause = std::chrono::milliseconds{10};
    static constexpr unsigned max_at_once = 2;  ///< consecutive failures retried without a pause
    static constexpr unsigned max_pauses =
        100;  ///< and then with a pause: after one second, only an enable or a slow timer

    /// The registrar announced an enable or a resume.
    void enabled();
    /// A timer expired.
    void retry() { parked_ = false; }

    /// A read was posted. Only while not parked().
    void submitted() { submitted_in_ = enables_; }
    /// The read ended with this result.
    [[nodiscard]] Next ended(const error_code& failed);

    /// Whether no read may be posted now. Initially true.
    [[nodiscard]] bool parked() const { return parked_; }

private:
    Next lost();

    std::uint64_t enables_ = 0;
    std::uint64_t submitted_in_ = 0;
    unsigned streak_ = 0;  // consecutive lost reads since the last packet or enable
    bool parked_ = true;
};

}  // namespace revenant::gadget
