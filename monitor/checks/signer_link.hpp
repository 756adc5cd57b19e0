#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "common/async/asio.hpp"
#include "monitor/checks/dependency.hpp"
#include "monitor/checks/unix_probe.hpp"
#include "monitor/health/budget.hpp"

namespace revenant::monitor {

/// Reads one signer's status socket and reports its status. One thread.
///
/// A status goes to all viewers, so what a signer sends is limited: 512 KiB at once, then 256 KiB a second, where a
/// line counts as 4 KiB at least. What is beyond waits in the socket.
class SignerLink {
public:
    struct Events {
        std::function<void(const SignerLink&, SignerStatus)> on_status;
        std::function<void(const SignerLink&, std::string reason)> on_silence;
    };
    SignerLink(Events events, std::string name, std::filesystem::path socket, const CheckPace& pace);

    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] const std::filesystem::path& socket() const { return socket_; }
    /// Runs until cancelled: keeps a connection open, reconnecting with back-off, and probes the signer after each
    /// period without a status line.
    awaitable<void> run();

private:
    awaitable<void> keep_connected();
    awaitable<void> listen(stream_protocol::socket link);
    awaitable<void> probe();
    void heard(SignerStatus status, std::size_t size);
    void silent();

    Events events_;
    std::string name_;
    std::filesystem::path socket_;
    CheckPace pace_;
    StatusProbe probe_;
    Breaker breaker_;
    Budget intake_{512 * 1024, 256 * 1024};  // bytes
    Moment heard_at_{};
};

}  // namespace revenant::monitor
