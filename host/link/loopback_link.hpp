#pragma once

#include <array>
#include <filesystem>
#include <optional>

#include "common/net/path_watch.hpp"
#include "host/link/link.hpp"

namespace revenant::host {

/// A device without USB: the sockets below its run directory. `registrar/bus.sock` is the cable and the control
/// endpoint: the device is plugged in while a host is connected. The response to a SETUP of 8 bytes is one length byte
/// and that many bytes of data, or 0xFF for a stall. `gadget/ep-*.sock` are the bulk pipes: one connection is one
/// claim; a second connection is closed at once.
class LoopbackLink final : public Link {
public:
    /// Throws std::system_error if the run directory does not exist.
    LoopbackLink(const asio::any_io_executor& executor, const std::filesystem::path& run_directory,
                 Interface interface);

    awaitable<Readiness> probe() override;
    awaitable<Claim> claim() override;
    awaitable<void> changed(std::chrono::milliseconds at_most) override;
    [[nodiscard]] std::string serial() const override { return run_directory_.string(); }

private:
    awaitable<Readiness> probe_uncut();
    awaitable<std::optional<Readiness>> control();
    awaitable<std::optional<Readiness>> exchange();

    asio::any_io_executor executor_;
    std::filesystem::path run_directory_;
    Interface interface_;
    PathWatch bus_file_, endpoint_file_;
    stream_protocol::socket bus_;
};

}  // namespace revenant::host
