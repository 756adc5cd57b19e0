#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "common/core/clock.hpp"

namespace revenant {

/// Rate-limits log messages that a peer can trigger: at most `most` per period of `while_lasts`, then the number of
/// suppressed messages. Single-threaded.
class LogThrottle {
public:
    static constexpr std::uint64_t most = 10;
    static constexpr std::chrono::seconds while_lasts{10};

    /// Returns nothing if the message must be suppressed, else the number of messages suppressed since the last one.
    std::optional<std::uint64_t> tell(Clock::time_point now = Clock::now()) {
        if (now >= until_) {
            until_ = now + while_lasts;
            told_ = 0;
        }
        if (told_ >= most) {
            ++left_out_;
            return std::nullopt;
        }
        ++told_;
        return std::exchange(left_out_, 0);
    }

private:
    Clock::time_point until_{};
    std::uint64_t told_ = 0, left_out_ = 0;
};

}  // namespace revenant
