#pragma once

#include <cstddef>
#include <utility>

#include "common/async/asio.hpp"
#include "common/core/bytes.hpp"

namespace revenant::gadget {

/// Largest packet of a bulk endpoint (SuperSpeed), in bytes: the minimum size of a packet buffer.
constexpr std::size_t max_packet = 1024;

/// The two bulk endpoints of one interface. At most one read and one write at a time; the caller cancels them only when
/// it ends itself. One thread.
class Pipe {
public:
    Pipe() = default;
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    virtual ~Pipe() = default;

    /// Completes with the next packet's size (0: an empty packet, or the host released the interface), however long
    /// that takes. `into` must have room for max_packet. Fails only when the function was disabled (ESHUTDOWN) or when
    /// it is cancelled: call again in the next session.
    virtual awaitable<std::pair<error_code, std::size_t>> read(asio::mutable_buffer into) = 0;

    /// Completes when the host has received the whole frame, however long that takes. An empty frame succeeds at once.
    virtual awaitable<error_code> write(ByteView frame) = 0;
};

}  // namespace revenant::gadget
