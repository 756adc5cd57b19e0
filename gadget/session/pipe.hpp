#pragma once

#include <cstddef>
#include <utility>

#include "common/async/asio.hpp"
#include "common/core/bytes.hpp"

namespace revenant::gadget {

/// Largest packet of a bulk endpoint (super speed), in bytes: what a packet's buffer must have room for.
constexpr std::size_t max_packet = 1024;

/// The two bulk endpoints of one interface. At most one read and one write at a time; the caller never cancels them
/// while it goes on living. One thread.
class Pipe {
public:
    Pipe() = default;
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    virtual ~Pipe() = default;

    /// Completes with the next packet's size (0: an empty packet, or the host let go of the interface), however long
    /// that takes. `into` has room for max_packet. It fails only when the function was disabled, with ESHUTDOWN, or
    /// when it is cancelled: ask again in the next session.
    virtual awaitable<std::pair<error_code, std::size_t>> read(asio::mutable_buffer into) = 0;

    /// Completes when the host has taken the whole frame, however long that takes. An empty frame is nothing to do:
    /// success.
    virtual awaitable<error_code> write(ByteView frame) = 0;
};

}  // namespace revenant::gadget
