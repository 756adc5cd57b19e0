#pragma once

#include "common/async/task_group.hpp"
#include "registrar/ep0/bus.hpp"
#include "registrar/usb/parts.hpp"

namespace revenant::registrar {

/// A real controller: ep0 and the binding of the gadget. Single-threaded except for ep0's own thread.
class UsbBus : public Bus {
public:
    /// Takes over ep0, then binds. The coroutines run in `tasks`, which must be joined before this object is destroyed.
    /// Throws std::runtime_error with a user-readable message.
    UsbBus(TaskGroup& tasks, const asio::any_io_executor& executor, UsbParts parts, BusEvents events);

    void bind_again() override { binding_.bind_again(); }
    void ready_changed() override { ep0_.set_ready(events_.ready()); }
    [[nodiscard]] std::string trouble() const override { return binding_.reason(); }
    void describe(boost::json::object& line) const override;

private:
    awaitable<void> follow_ep0();
    awaitable<void> watch(int inotify);

    BusEvents events_;
    asio::any_io_executor executor_;
    TakeOver take_over_;
    Binding binding_;
    Ep0 ep0_;
};

}  // namespace revenant::registrar
