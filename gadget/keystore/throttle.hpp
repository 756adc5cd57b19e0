#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <system_error>

#include "gadget/disk/clock.hpp"
#include "gadget/disk/disk.hpp"

namespace revenant::gadget::keystore {

inline constexpr auto throttle_file = "throttle";

/// Limits failed passphrases to 5 in any 30 s. The file is created beforehand and written in place, so that a full disk
/// does not prevent an unlock. One thread.
class Throttle {
public:
    static constexpr std::size_t attempts = 5;
    static constexpr Boottime window{30'000};

    /// The contents of a new file: no attempts.
    static Bytes fresh();
    /// The contents of a file that replaces a lost one: counts as full.
    static Bytes lost();

    /// A count from another boot is kept and starts a full window at `now`; so does an unreadable file, which counts as
    /// full.
    Throttle(std::unique_ptr<PlacedFile> file, std::string_view boot_id, Boottime now);

    /// Time until an attempt is allowed; 0: now.
    [[nodiscard]] Boottime wait(Boottime now) const;
    /// To be called before a check: the passphrase may be tried only when this returns no error, since the count is
    /// durable then.
    std::error_code count(Boottime now);
    /// To be called after a success.
    std::error_code clear();

private:
    using BootHash = std::array<std::uint8_t, 32>;
    std::error_code save();

    std::unique_ptr<PlacedFile> file_;
    BootHash boot_{};
    std::array<Boottime, attempts> times_{};  // oldest first
    std::size_t used_ = 0;
};

}  // namespace revenant::gadget::keystore
