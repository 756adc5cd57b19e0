#pragma once

#include <filesystem>
#include <memory>

#include "common/async/event.hpp"
#include "common/net/unix_listener.hpp"
#include "gadget/session/pipe.hpp"

namespace revenant::gadget {

/// Replaces one interface's bulk endpoints on the loopback bus: a unix stream socket that exists while the function is
/// enabled. One connection is one claim; a second connection is closed at once.
class LoopbackPipe final : public Pipe {
public:
    LoopbackPipe(const asio::any_io_executor& executor, std::filesystem::path socket);

    /// The function is enabled: creates the socket. No effect if it exists.
    void open();
    /// The function is disabled: closes the claim and the socket; transfers end with ESHUTDOWN.
    void close();

    /// Accepts claims until cancelled. Throws std::runtime_error when the socket cannot be created.
    awaitable<void> accept_claims();

    awaitable<std::pair<error_code, std::size_t>> read(asio::mutable_buffer into) override;
    awaitable<error_code> write(ByteView frame) override;

private:
    using Claim = std::shared_ptr<stream_protocol::socket>;  // shared with the transfer that uses it

    awaitable<void> accept_from(UnixListener& listener);
    void release(const Claim& claim);

    std::filesystem::path socket_;
    Event news_;
    bool open_ = false;
    Claim claim_;      // null: no connection
    Claim read_from_;  // by the last read; null: none, or its end was read
};

}  // namespace revenant::gadget
