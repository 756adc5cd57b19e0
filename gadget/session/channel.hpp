#pragma once

#include <array>
#include <cstdint>
#include <functional>

#include "common/async/event.hpp"
#include "gadget/session/broker.hpp"
#include "gadget/session/pipe.hpp"

namespace revenant::gadget {

/// What a channel's reader is doing.
enum class ReaderState {
    armed,   ///< a read is under way in the pipe
    paused,  ///< the host does not read its answers, so nothing more is read from it
    parked,  ///< the function is disabled, or a packet is held until a session takes it
};

/// One interface for the life of the process: keeps one read posted while a session is attached, and one write while
/// there is something to send. Sessions come and go; a transfer in flight is left to complete, never cancelled, since
/// that can wedge a controller. One thread.
class Channel {
public:
    /// `counted` is called when a counter has moved. A frame whose rest does not come for `max_silence` is dropped:
    /// a companion that was killed half-way must not have the next one's requests swallowed as its payload.
    Channel(const asio::any_io_executor& executor, Pipe& pipe, Counters& counters, std::function<void()> counted,
            std::chrono::milliseconds max_silence = 1s);

    /// A session begins: packets go to `broker`, frames come from it. Attaching again replaces it.
    void attach(Broker& broker);
    /// The session is over, and what it has queued is dropped. What is in flight belongs to the endpoint.
    void detach();
    /// The host went away: a packet that is held for the next session is of the past.
    void forget_held() { held_is_stale_ = true; }
    /// The broker has something to send, or room again.
    void wake() { news_.notify(); }

    /// These three run until cancelled; write_frames() throws when the endpoint is of no more use.
    awaitable<void> read_packets();
    awaitable<void> write_frames();
    awaitable<void> drop_silent_frames();

    [[nodiscard]] ReaderState reader() const { return reader_; }
    /// A frame is on its way to a host that has been heard in this session, or waits for its turn.
    [[nodiscard]] bool writing() const {
        return broker_ != nullptr && broker_->heard() && (writing_ || broker_->queued() > 0);
    }
    /// Until something happened here.
    awaitable<void> progress() { return news_.wait(); }

private:
    awaitable<void> deliver(std::size_t size);
    awaitable<void> write(Bytes frame);
    awaitable<void> rest(std::chrono::milliseconds pause, std::uint64_t session);
    [[nodiscard]] bool within_frame() const;

    Pipe& pipe_;
    Counters& counters_;
    const std::function<void()> counted_;
    const std::chrono::milliseconds max_silence_;
    Broker* broker_ = nullptr;
    std::uint64_t sessions_ = 0;  // attached so far
    bool holding_ = false;        // a packet came without a session
    bool held_is_stale_ = false;  // and its host has gone since the read was posted
    bool writing_ = false;
    Event news_;
    Event armed_within_frame_;
    ReaderState reader_ = ReaderState::parked;
    std::chrono::steady_clock::time_point armed_since_{};
    std::array<std::uint8_t, max_packet> packet_{};
};

}  // namespace revenant::gadget
