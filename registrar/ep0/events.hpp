#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include <linux/usb/functionfs.h>

#include "registrar/ep0/control.hpp"

namespace revenant::registrar {

constexpr std::size_t ep0_event_size = sizeof(usb_functionfs_event);
constexpr std::size_t ep0_event_kinds = FUNCTIONFS_RESUME + 1;
/// How status lines call them, by number.
constexpr std::array<const char*, ep0_event_kinds> ep0_event_names{"bind",  "unbind",  "enable", "disable",
                                                                   "setup", "suspend", "resume"};

/// One event as ep0 gives it.
struct Ep0Event {
    std::uint8_t kind = 0;  ///< usb_functionfs_event_type
    Setup setup{};          ///< of a SETUP
};

/// Nothing unless it is one whole event of a known kind.
std::optional<Ep0Event> parse_event(std::span<const std::uint8_t> bytes);

/// What events ask of the loop. The kernel erases and doubles events, so they are levels: only the last of the enable
/// kind and the disable kind counts, and none is counted or paired.
struct Ep0News {
    enum class Level : std::uint8_t { same, enable, disable };
    Level level = Level::same;  ///< enable also when enabled already: everything is armed anew
    bool unbound = false;       ///< look at the UDC attribute
    friend bool operator==(const Ep0News&, const Ep0News&) = default;
};

/// ENABLE and RESUME enable; DISABLE, SUSPEND and UNBIND disable; BIND and SETUP say nothing.
Ep0News news_of(std::uint8_t kind);

/// What two pieces of news in this order amount to.
Ep0News merged(Ep0News earlier, Ep0News later);

}  // namespace revenant::registrar
