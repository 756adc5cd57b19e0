#pragma once

#include <functional>
#include <string>

#include <boost/json/object.hpp>

namespace revenant::registrar {

/// Callbacks of a bus. All run on the event loop.
struct BusEvents {
    std::function<void()> plugged_in{};  ///< the host enabled the function, possibly again: re-arm all endpoints
    std::function<void()> pulled_out{};  ///< may be called when already pulled out
    std::function<bool()> ready{};       ///< the value for readiness responses
    std::function<void()> counted{};     ///< only a counter changed
    std::function<void()> changed{};     ///< the result of describe() changed
};

/// The USB connection or its loopback substitute. Single-threaded.
class Bus {
public:
    Bus() = default;
    Bus(const Bus&) = delete;
    Bus& operator=(const Bus&) = delete;
    virtual ~Bus() = default;

    /// Disconnects the device from the bus and reconnects it.
    virtual void bind_again() = 0;
    /// Must be called when the result of BusEvents::ready changes.
    virtual void ready_changed() = 0;
    /// Why no host can enable the function, as a user-readable message; empty if one can.
    [[nodiscard]] virtual std::string trouble() const = 0;
    /// Adds this bus's fields to a status line, `bus` first.
    virtual void describe(boost::json::object& line) const = 0;
};

}  // namespace revenant::registrar
