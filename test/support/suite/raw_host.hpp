#pragma once

#include <optional>

#include "common/wire/frame.hpp"
#include "common/wire/message.hpp"
#include "host/link/link.hpp"
#include "test/support/basics/wait.hpp"

namespace revenant::test {

/// Waits until the peer closes; false at the deadline. Received bytes are dropped.
bool closed_by_peer(int socket, const Deadline& deadline);

/// One claimed bulk pipe with raw byte access. Calls block until a deadline. One thread.
class RawPipe {
public:
    explicit RawPipe(UniqueFd socket) : socket_{std::move(socket)} {}

    /// Throws std::runtime_error if the device does not accept all bytes within `limit`.
    void send(ByteView bytes, milliseconds limit = milliseconds{10'000});
    /// Sends requests until the device accepts no bytes for `silence`, or `most` were sent. Returns their number. The
    /// last one may be incomplete: call finish() before any other send.
    std::size_t flood(const Bytes& payload, milliseconds silence, std::size_t most);
    /// Sends the rest of the frame that flood() left incomplete.
    void finish();

    /// The next frame; nothing on close or at the deadline.
    std::optional<Frame> next_frame(const Deadline& deadline);
    /// Sends a request and waits for its response; drops other frames. Throws std::runtime_error without one.
    Response ask(const Request& request, milliseconds limit = milliseconds{10'000});

    [[nodiscard]] bool closed(const Deadline& deadline) const { return closed_by_peer(socket_.get(), deadline); }

private:
    UniqueFd socket_;
    FrameDecoder decoder_;
    std::vector<Frame> frames_;
    Bytes rest_;
};

/// A host without the host library: cable, control requests and bulk pipes. Several may share the cable. One thread.
class RawHost {
public:
    explicit RawHost(std::filesystem::path run_dir) : run_dir_{std::move(run_dir)} {}

    /// Connects to the bus socket; the first connection plugs the cable in.
    void plug();
    /// Unplugs the cable for all hosts; returns when this connection is closed.
    void pull();
    /// The same, and waits until the endpoints are gone. Only for a single host.
    void unplug();

    /// The reply to a SETUP packet; empty: stall.
    Bytes control(const std::array<std::uint8_t, 8>& setup);
    /// The readiness probe.
    bool ready(host::Interface interface);

    /// Waits for the endpoint's socket and connects to it.
    RawPipe claim(host::Interface interface);

private:
    [[nodiscard]] std::filesystem::path endpoint(host::Interface interface) const;

    std::filesystem::path run_dir_;
    UniqueFd bus_;
};

}  // namespace revenant::test
