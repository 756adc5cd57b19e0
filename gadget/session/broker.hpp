#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>

#include "common/wire/frame.hpp"
#include "gadget/session/counters.hpp"

namespace revenant::gadget {

/// One interface's part of one session: decodes packets into frames, passes requests on and queues outgoing frames.
/// Created at enable and destroyed at disable with everything in it. Does no I/O. One thread.
class Broker {
public:
    using TakeRequest = std::function<void(const MessageId&, ByteView payload)>;

    /// `take_request` is called by start_request(). `process_name` goes into the retry frame that each session sends
    /// first.
    Broker(std::size_t payload_limit, const MessageId& process_name, Counters& counters, TakeRequest take_request);

    /// Feeds the next bytes from the host; an empty packet discards an incomplete frame. Requests wait for
    /// start_request(): the caller must start them all before the next packet, so that they are bounded by one packet.
    void packet(ByteView bytes);

    /// Queues the accept of the oldest waiting request and passes it on. False: none waits.
    bool start_request();

    /// Whether a frame has begun but is not complete; after too long a silence the caller calls forget_partial().
    [[nodiscard]] bool incomplete() const { return decoder_.incomplete(); }
    void forget_partial();
    /// Queues a retry frame: the host sends again whatever has not been accepted.
    void ask_again();

    /// False while the host does not read its answers. The caller then stops reading from it, so the queue is bounded
    /// by this threshold, one answer and the running jobs.
    [[nodiscard]] bool wants_more() const;

    void respond(const MessageId& id, ByteView payload);

    /// Returns the next frame for the host; nullopt when the queue is empty.
    std::optional<Bytes> take_frame();
    [[nodiscard]] std::size_t queued() const { return queue_.size(); }
    /// Whether the host has sent anything in this session, so that it may be reading.
    [[nodiscard]] bool heard() const { return heard_; }

private:
    void send(FrameType type, const MessageId& id, ByteView payload = {});

    FrameDecoder decoder_;
    Counters& counters_;
    TakeRequest take_request_;
    MessageId process_name_;
    std::deque<Frame> waiting_;
    std::deque<Bytes> queue_;
    std::size_t queued_bytes_ = 0;
    bool heard_ = false;
};

}  // namespace revenant::gadget
