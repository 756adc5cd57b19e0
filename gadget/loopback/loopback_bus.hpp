#pragma once

#include <array>
#include <filesystem>

#include "gadget/loopback/loopback_pipe.hpp"
#include "gadget/session/bus.hpp"

namespace revenant::gadget {

/// Unix sockets in place of the USB cable; they exist while the function is enabled.
class LoopbackBus final : public Bus {
public:
    /// Creates the sockets in the gadget's directory below `run_dir`. Throws std::runtime_error with a message for the
    /// operator when that directory cannot be created.
    LoopbackBus(const asio::any_io_executor& executor, const std::filesystem::path& run_dir);

    Pipe& pipe(Interface interface) override { return pipes_.at(static_cast<std::size_t>(interface)); }
    void start(TaskGroup& tasks, BusHooks hooks) override;
    void enabled() override;
    void session_over() override {}  // a claim outlives the registrar
    void disabled() override;
    void describe(boost::json::object& status) const override;

private:
    std::filesystem::path directory_;
    std::array<LoopbackPipe, interface_count> pipes_;
};

}  // namespace revenant::gadget
