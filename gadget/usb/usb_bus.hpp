#pragma once

#include <array>
#include <filesystem>
#include <memory>

#include "gadget/session/bus.hpp"
#include "gadget/usb/endpoint_recovery.hpp"
#include "gadget/usb/usb_pipe.hpp"

namespace revenant::gadget {

struct UsbSettings {
    std::filesystem::path ffs_dir;        ///< FunctionFS mount point; ep1 to ep4 exist while the registrar runs
    std::chrono::milliseconds look = 5s;  ///< check interval while a read is parked although the function is enabled
};

/// The endpoints of FunctionFS: ep1 (IN) and ep2 (OUT) of the sign interface, ep3 and ep4 of the management interface.
/// They stay open for the lifetime of the process. Nothing is cancelled when the function is disabled: the kernel has
/// ended the transfers. Endpoints that do not work although the function is enabled are recovered step by step
/// (EndpointRecovery).
class UsbBus final : public Bus {
public:
    /// With Linux AIO. Throws std::runtime_error with a message for the operator.
    UsbBus(const asio::any_io_executor& executor, const UsbSettings& settings);
    UsbBus(const asio::any_io_executor& executor, const UsbSettings& settings, std::unique_ptr<AioKernel> kernel,
           const AskMaxPacket& ask);

    Pipe& pipe(Interface interface) override { return pipes_.at(static_cast<std::size_t>(interface)); }
    void start(TaskGroup& tasks, BusHooks hooks) override;
    void enabled() override;
    void session_over() override;
    void disabled() override {}
    void describe(boost::json::object& status) const override;

private:
    awaitable<void> watch_over_endpoints();
    void revive();
    void for_each_parked(void (UsbPipe::*act)());
    void parked();
    [[nodiscard]] bool any_parked() const { return pipes_[0].parked() || pipes_[1].parked(); }

    std::chrono::milliseconds look_;
    Aio aio_;
    std::array<UsbPipe, interface_count> pipes_;
    Event news_;
    BusHooks hooks_;
    EndpointRecovery recovery_;
    bool enabled_ = false;  // a session is active
    std::uint64_t reopens_ = 0;
    std::uint64_t rebinds_asked_ = 0;
};

}  // namespace revenant::gadget
