#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>

#include "common/wire/frame.hpp"
#include "gadget/session/counters.hpp"

namespace revenant::gadget {

/// One interface's half of one session: cuts packets into frames, hands requests on, and queues what goes back. Made at
/// enable, gone at disable with everything in it. No I/O of its own. One thread.
class Broker {
public:
    using TakeRequest = std::function<void(const MessageId&, ByteView payload)>;

    /// `take_request` is called for every request frame, after its accept was queued. `process_name` goes into the
    /// retry frame that each session sends first.
    Broker(std::size_t payload_limit, const MessageId& process_name, Counters& counters, TakeRequest take_request);

    /// The next bytes from the host; an empty packet ends whatever frame was incomplete.
    void packet(ByteView bytes);

    /// A frame has begun and the rest has not come: too long a silence calls forget_partial().
    [[nodiscard]] bool incomplete() const { return decoder_.incomplete(); }
    void forget_partial();

    /// False while the host does not read its answers: then nothing more is read from it, so that the queue is bounded
    /// by this threshold, one packet's frames and the jobs that run.
    [[nodiscard]] bool wants_more() const;

    void respond(const MessageId& id, ByteView payload);

    /// The next frame for the host; nothing when the queue is empty.
    std::optional<Bytes> take_frame();
    [[nodiscard]] std::size_t queued() const { return queue_.size(); }
    /// The host has said something: it may be there to read what waits for it.
    [[nodiscard]] bool heard() const { return heard_; }

private:
    void send(FrameType type, const MessageId& id, ByteView payload = {});

    FrameDecoder decoder_;
    Counters& counters_;
    TakeRequest take_request_;
    std::deque<Bytes> queue_;
    std::size_t queued_bytes_ = 0;
    bool heard_ = false;
};

}  // namespace revenant::gadget
