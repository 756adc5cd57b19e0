#pragma once

#include <functional>
#include <string>

#include <boost/json/object.hpp>

namespace revenant::registrar {

/// What a bus reports and asks. All on the loop.
struct BusEvents {
    std::function<void()> plugged_in{};  ///< the host enabled us, also when it had before: everything is armed anew
    std::function<void()> pulled_out{};  ///< also when it was out
    std::function<bool()> ready{};       ///< for the answers to readiness probes
    std::function<void()> counted{};     ///< only a counter moved
    std::function<void()> changed{};     ///< describe() gives something else
};

/// The cable, or its stand-in. One thread.
class Bus {
public:
    Bus() = default;
    Bus(const Bus&) = delete;
    Bus& operator=(const Bus&) = delete;
    virtual ~Bus() = default;

    /// The device vanishes from the bus and is there again.
    virtual void bind_again() = 0;
    /// BusEvents::ready gives something else.
    virtual void ready_changed() = 0;
    /// Why no host can enable us, in a sentence for a person; empty if one can.
    [[nodiscard]] virtual std::string trouble() const = 0;
    /// Adds to a status line, `bus` first.
    virtual void describe(boost::json::object& line) const = 0;
};

}  // namespace revenant::registrar
