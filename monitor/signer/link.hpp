#pragma once

#include <filesystem>

#include "common/core/asio.hpp"
#include "monitor/checks/dependency.hpp"
#include "monitor/checks/unix_way.hpp"
#include "monitor/state/board.hpp"

namespace revenant::monitor {

/// Listens to one signer's status socket, and puts on the board what it says. One thread.
class SignerLink {
public:
    SignerLink(Board& board, std::string name, std::filesystem::path socket, const CheckPace& pace);

    [[nodiscard]] const std::filesystem::path& socket() const { return socket_; }
    /// Until cancelled: connects, again and again; and where the signer has said nothing for a period, asks whether it
    /// still lives.
    awaitable<void> run();

private:
    awaitable<void> keep_connected();
    awaitable<void> listen(stream_protocol::socket link);
    awaitable<void> probe();
    void heard(SignerStatus status);

    Board& board_;
    std::string name_;
    std::filesystem::path socket_;
    CheckPace pace_;
    StatusWay way_;
    Breaker breaker_;
    Moment heard_at_{};
};

}  // namespace revenant::monitor
