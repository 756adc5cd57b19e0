#include "registrar/ep0/events.hpp"

#include <algorithm>

namespace revenant::registrar {

std::optional<Ep0Event> parse_event(std::span<const std::uint8_t> bytes) {
    constexpr auto kind_at = offsetof(usb_functionfs_event, type);
    if (bytes.size() != ep0_event_size || bytes[kind_at] >= ep0_event_kinds)
        return std::nullopt;
    Ep0Event event;
    event.kind = bytes[kind_at];
    std::copy_n(bytes.begin(), event.setup.size(), event.setup.begin());  // little endian, as on the wire
    return event;
}

Ep0News news_of(std::uint8_t kind) {
    switch (static_cast<usb_functionfs_event_type>(kind)) {
        case FUNCTIONFS_ENABLE:
        case FUNCTIONFS_RESUME:  // dwc2 rejects transfers while suspended: re-arm them
            return {Ep0News::Level::enable, false};
        case FUNCTIONFS_DISABLE:
        case FUNCTIONFS_SUSPEND:
        case FUNCTIONFS_BIND:  // a preceding UNBIND may be lost, and ENABLE comes only after BIND, if at all
            return {Ep0News::Level::disable, false};
        case FUNCTIONFS_UNBIND:
            return {Ep0News::Level::disable, true};
        case FUNCTIONFS_SETUP:
            break;
    }
    return {};
}

Ep0News merged(Ep0News earlier, Ep0News later) {
    return {later.level == Ep0News::Level::same ? earlier.level : later.level, earlier.unbound || later.unbound};
}

}  // namespace revenant::registrar
