#pragma once

#include <cstdint>

#include "common/async/asio.hpp"

namespace revenant::gadget {

/// When an OUT endpoint's read is posted again: what the kernel says of the last one, against what the registrar has
/// announced. An enable may be heard of before the failure that it explains, and most events are never seen; so an
/// enable is a level, "post all again", and is compared with the one in which the read was posted. No I/O, no clock.
class ReadRetryPolicy {
public:
    /// What follows the end of a read.
    enum class Next {
        deliver,   ///< a packet, perhaps an empty one
        submit,    ///< post it again at once
        back_off,  ///< parked: retry() after `pause`, unless an enable comes before
        park,      ///< parked: until an enable, or retry() by a slow timer
        give_back  ///< its owner has cancelled it
    };
    static constexpr auto pause = std::chrono::milliseconds{10};
    static constexpr unsigned max_at_once = 2;   ///< failures in a row that are posted again without a pause
    static constexpr unsigned max_pauses = 100;  ///< and with one: after a second, only an enable or a slow timer

    /// The registrar announced an enable or a resume.
    void enabled();
    /// A timer says so.
    void retry() { parked_ = false; }

    /// A read is posted; only while not parked().
    void submitted() { submitted_in_ = enables_; }
    /// It ended so.
    [[nodiscard]] Next ended(const error_code& failed);

    /// No read is to be posted now. So it begins.
    [[nodiscard]] bool parked() const { return parked_; }

private:
    Next lost();

    std::uint64_t enables_ = 0;
    std::uint64_t submitted_in_ = 0;
    unsigned streak_ = 0;  // of lost reads since the last packet or enable
    bool parked_ = true;
};

}  // namespace revenant::gadget
