#pragma once

#include <functional>

#include <boost/json/object.hpp>

#include "common/async/task_group.hpp"
#include "common/wire/interface.hpp"
#include "gadget/session/pipe.hpp"

namespace revenant::gadget {

/// What a bus asks of the gadget.
struct BusHooks {
    std::function<bool()> ask_rebind;  ///< asks the registrar to bind again; false: nobody is there to ask
    std::function<void()> counted;     ///< what describe() shows has moved
};

/// How the host is reached: a pipe for each interface, and what the registrar's announcement means to them. The loop's
/// thread.
class Bus {
public:
    Bus() = default;
    Bus(const Bus&) = delete;
    Bus& operator=(const Bus&) = delete;
    virtual ~Bus() = default;

    virtual Pipe& pipe(Interface interface) = 0;

    /// Starts what the bus does of its own; it ends with `tasks`, and throws when the bus is of no more use.
    virtual void start(TaskGroup& tasks, BusHooks hooks) = 0;

    /// An enable or a resume: a session begins, perhaps in place of another.
    virtual void enabled() = 0;
    /// The session is over, because the function was disabled or only because the registrar is gone.
    virtual void session_over() = 0;
    /// The function is disabled.
    virtual void disabled() = 0;

    /// Adds what a status line says of the bus.
    virtual void describe(boost::json::object& status) const = 0;
};

}  // namespace revenant::gadget
