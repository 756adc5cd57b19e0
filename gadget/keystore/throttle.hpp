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

/// Counts failed passphrases: at most 5 in any 30 s. The file is made beforehand and written in place, since a full
/// disk must not prevent an unlock. One thread.
class Throttle {
public:
    static constexpr std::size_t attempts = 5;
    static constexpr Boottime window{30'000};

    /// The bytes of a new file: no attempt yet.
    static Bytes fresh();
    /// The bytes of a file that replaces a lost one: counts as full.
    static Bytes lost();

    /// A count of another boot keeps its size and starts a full window at `now`; so does a file that cannot be read,
    /// which counts as full.
    Throttle(std::unique_ptr<PlacedFile> file, std::string_view boot_id, Boottime now);

    /// How long until an attempt is allowed; 0: now.
    [[nodiscard]] Boottime wait(Boottime now) const;
    /// Before a check: the passphrase may be tried only when this returns no error, since the count is durable then.
    std::error_code count(Boottime now);
    /// After a success.
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
