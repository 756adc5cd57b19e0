#pragma once

#include <optional>

#include "common/wire/frame.hpp"
#include "common/wire/message.hpp"
#include "host/link/link.hpp"
#include "test/support/basics/wait.hpp"

namespace revenant::test {

/// True when the peer has closed, at the latest at the deadline; what it sent before is read and dropped.
bool closed_by_peer(int socket, const Deadline& deadline);

/// One claimed bulk pipe, byte by byte as a host likes it. Everything blocks, bounded by a deadline. One thread.
class RawPipe {
public:
    explicit RawPipe(UniqueFd socket) : socket_{std::move(socket)} {}

    /// Throws std::runtime_error when not all of it was taken within `limit`.
    void send(ByteView bytes, milliseconds limit = milliseconds{10'000});
    /// Sends requests until the device takes no more for `silence`, or `most` went out; how many, with the last one
    /// that may be cut: call finish() before anything else is sent.
    std::size_t flood(const Bytes& payload, milliseconds silence, std::size_t most);
    /// Sends the rest of a frame that flood() cut.
    void finish();

    /// The next frame; nothing when the peer closed, or at the deadline.
    std::optional<Frame> next_frame(const Deadline& deadline);
    /// Sends a request and waits for its response, across other frames; throws std::runtime_error without one.
    Response ask(const Request& request, milliseconds limit = milliseconds{10'000});

    [[nodiscard]] bool closed(const Deadline& deadline) const { return closed_by_peer(socket_.get(), deadline); }

private:
    UniqueFd socket_;
    FrameDecoder decoder_;
    std::vector<Frame> frames_;
    Bytes rest_;
};

/// A host by hand: the cable, control requests on it, and bulk pipes. Several may share the cable. One thread.
class RawHost {
public:
    explicit RawHost(std::filesystem::path run_dir) : run_dir_{std::move(run_dir)} {}

    /// Connects to the cable, which plugs it in if no other host did.
    void plug();
    /// Pulls the cable for all hosts; returns when ours is closed.
    void pull();
    /// The same for the only host: returns when the endpoints are gone too.
    void unplug();

    /// The answer to a SETUP; empty: a stall.
    Bytes control(const std::array<std::uint8_t, 8>& setup);
    /// The readiness probe.
    bool ready(host::Interface interface);

    /// Waits for the endpoint's socket and claims it.
    RawPipe claim(host::Interface interface);

private:
    [[nodiscard]] std::filesystem::path endpoint(host::Interface interface) const;

    std::filesystem::path run_dir_;
    UniqueFd bus_;
};

}  // namespace revenant::test
