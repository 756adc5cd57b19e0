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
/// Names in status lines, by event number.
constexpr std::array<const char*, ep0_event_kinds> ep0_event_names{"bind",  "unbind",  "enable", "disable",
                                                                   "setup", "suspend", "resume"};

/// One event read from ep0.
struct Ep0Event {
    std::uint8_t kind = 0;  ///< usb_functionfs_event_type
    Setup setup{};          ///< valid for FUNCTIONFS_SETUP only
};

/// Returns nothing unless `bytes` is one complete event of a known kind.
std::optional<Ep0Event> parse_event(std::span<const std::uint8_t> bytes);

/// Effect of events on the event loop. The kernel drops and repeats events, so they are treated as levels: only the
/// last event of the enable or disable kind counts. Events are never counted or paired.
struct Ep0News {
    enum class Level : std::uint8_t { same, enable, disable };
    Level level = Level::same;  ///< enable may repeat: re-arm all endpoints
    bool unbound = false;       ///< the UDC attribute must be read
    friend bool operator==(const Ep0News&, const Ep0News&) = default;
};

/// ENABLE and RESUME map to enable; DISABLE, SUSPEND, BIND and UNBIND to disable; SETUP to no change.
Ep0News news_of(std::uint8_t kind);

/// Combines two consecutive pieces of news.
Ep0News merged(Ep0News earlier, Ep0News later);

}  // namespace revenant::registrar
