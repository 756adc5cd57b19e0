#pragma once

#include <filesystem>

#include "common/core/asio.hpp"
#include "monitor/state/board.hpp"

namespace revenant::monitor {

/// Listens to one signer's status socket, and puts on the board what it says. One thread.
class SignerLink {
public:
    SignerLink(Board& board, std::string name, std::filesystem::path socket)
        : board_{board}, name_{std::move(name)}, socket_{std::move(socket)} {}

    [[nodiscard]] const std::filesystem::path& socket() const { return socket_; }
    /// Until cancelled: connects, again and again.
    awaitable<void> run();

private:
    awaitable<void> listen(stream_protocol::socket link);

    Board& board_;
    std::string name_;
    std::filesystem::path socket_;
};

}  // namespace revenant::monitor
