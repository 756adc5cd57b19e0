#pragma once

#include <functional>

#include <boost/json/object.hpp>

#include "common/async/task_group.hpp"
#include "common/wire/interface.hpp"
#include "gadget/session/pipe.hpp"

namespace revenant::gadget {

/// Callbacks from a bus to the gadget.
struct BusHooks {
    std::function<bool()> ask_rebind;  ///< asks the registrar to bind again; false: not connected to the registrar
    std::function<void()> counted;     ///< called when a value shown by describe() has changed
};

/// The transport to the host: one pipe per interface, and the reaction to the registrar's announcements. Event loop
/// thread only.
class Bus {
public:
    Bus() = default;
    Bus(const Bus&) = delete;
    Bus& operator=(const Bus&) = delete;
    virtual ~Bus() = default;

    virtual Pipe& pipe(Interface interface) = 0;

    /// Starts the bus's own tasks; they end with `tasks`, and throw when the bus is no longer usable.
    virtual void start(TaskGroup& tasks, BusHooks hooks) = 0;

    /// An enable or a resume: a session begins and may replace a running one.
    virtual void enabled() = 0;
    /// The session has ended, because the function was disabled or only because the registrar has ended.
    virtual void session_over() = 0;
    /// The function is disabled.
    virtual void disabled() = 0;

    /// Adds the bus's members to the status object.
    virtual void describe(boost::json::object& status) const = 0;
};

}  // namespace revenant::gadget
