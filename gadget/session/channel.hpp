#pragma once

#include <array>
#include <cstdint>
#include <functional>

#include "common/async/event.hpp"
#include "gadget/session/broker.hpp"
#include "gadget/session/pipe.hpp"

namespace revenant::gadget {

/// State of a channel's reader.
enum class ReaderState {
    armed,   ///< a read is posted in the pipe
    paused,  ///< the host does not read its answers, so reading from it is suspended
    parked,  ///< the function is disabled, or a packet is held for the next session
};

/// One interface for the lifetime of the process: keeps one read posted while a session is attached, and one write
/// while there is data to send. Sessions come and go; a transfer in flight completes and is never cancelled, since
/// cancelling can wedge a controller. One thread.
class Channel {
public:
    /// Calls `counted` when a counter has changed. Drops a frame whose rest does not arrive within `max_silence`: after
    /// a host process was killed in the middle of a frame, the next one's requests must not be taken as its payload.
    Channel(const asio::any_io_executor& executor, Pipe& pipe, Counters& counters, std::function<void()> counted,
            std::chrono::milliseconds max_silence = 1s);

    /// Starts a session: packets go to `broker`, frames come from it. Attaching again replaces it.
    void attach(Broker& broker);
    /// Ends the session and drops its queued frames. Transfers in flight stay with the endpoint.
    void detach();
    /// The host disconnected: a packet held for the next session is stale.
    void forget_held() { held_is_stale_ = true; }
    /// To be called when the broker has data to send, or room again.
    void wake() { news_.notify(); }

    /// These three run until cancelled; write_frames() throws when the endpoint is no longer usable.
    awaitable<void> read_packets();
    awaitable<void> write_frames();
    awaitable<void> drop_silent_frames();

    [[nodiscard]] ReaderState reader() const { return reader_; }
    /// Whether a frame is being sent or is queued for a host that has sent data in this session.
    [[nodiscard]] bool writing() const {
        return broker_ != nullptr && broker_->heard() && (writing_ || broker_->queued() > 0);
    }
    /// Waits for the next state change of this channel.
    awaitable<void> progress() { return news_.wait(); }

private:
    awaitable<void> room();
    awaitable<void> next_turn();
    awaitable<void> deliver(std::size_t size);
    awaitable<void> write(Bytes frame);
    awaitable<void> rest(std::chrono::milliseconds pause, std::uint64_t session);
    [[nodiscard]] bool within_frame() const;

    Pipe& pipe_;
    Counters& counters_;
    const std::function<void()> counted_;
    const std::chrono::milliseconds max_silence_;
    Broker* broker_ = nullptr;
    std::uint64_t sessions_ = 0;  // number of sessions attached so far
    bool holding_ = false;        // a packet arrived without a session
    bool held_is_stale_ = false;  // and its host disconnected after the read was posted
    bool writing_ = false;
    Event news_;
    Event armed_within_frame_;
    ReaderState reader_ = ReaderState::parked;
    Clock::time_point armed_since_{};
    std::array<std::uint8_t, max_packet> packet_{};
};

}  // namespace revenant::gadget
