#pragma once

#include <cstdint>
#include <list>

#include "common/async/asio.hpp"
#include "common/async/task_group.hpp"
#include "common/net/unix_listener.hpp"
#include "registrar/ep0/bus.hpp"
#include "registrar/ep0/control.hpp"

namespace revenant::registrar {

/// Serves `bus.sock`, a USB cable without hardware. It is plugged in while at least one host process is connected. A
/// host writes 8-byte SETUP packets. The response is one length byte and that many bytes of data, or 0xFF for a stall.
/// Eight bytes of 0xFF unplug the cable: all hosts are disconnected, and the next connection plugs it in.
/// Single-threaded.
class LoopbackBus : public Bus {
public:
    static constexpr std::size_t max_hosts = 16;

    struct Counters {
        std::uint64_t setups = 0;
        std::uint64_t stalls = 0;
    };

    /// The coroutines run in `tasks`, which must be joined before this object is destroyed.
    LoopbackBus(TaskGroup& tasks, UnixListener listener, BusEvents events);

    /// Keeps the hosts' connections, which represent the cable.
    void bind_again() override;
    void ready_changed() override {}
    [[nodiscard]] std::string trouble() const override { return {}; }
    void describe(boost::json::object& line) const override;

    [[nodiscard]] bool plugged() const { return plugged_; }
    [[nodiscard]] std::size_t hosts() const { return hosts_.size(); }
    [[nodiscard]] const Counters& counters() const { return counters_; }

private:
    using Hosts = std::list<stream_protocol::socket>;

    awaitable<void> accept();
    awaitable<void> serve(Hosts::iterator host);
    bool reply(stream_protocol::socket& host, const Setup& setup);
    void pull();

    TaskGroup& tasks_;
    UnixListener listener_;
    BusEvents events_;
    Hosts hosts_;  // sockets closed by pull() stay until their coroutines end
    bool plugged_ = false;
    Counters counters_;
};

}  // namespace revenant::registrar
