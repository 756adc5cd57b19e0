#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "common/core/guarded.hpp"
#include "common/wire/frame.hpp"
#include "common/wire/message.hpp"

namespace revenant::host {

/// How a request ended.
struct Finished {
    MessageId id;
    std::optional<Bytes> answer;  ///< the response's payload; nothing: the gadget restarted, so the outcome is unknown
};

/// The requester's half of the protocol on one interface: keeps each request until it is answered, sends it again when
/// the gadget asks for that or the link was lost, and knows by the name in the gadget's retry frame whether the process
/// that had it still lives. No I/O and no clock. Frames go out oldest request first.
class Requests {
public:
    static constexpr std::size_t most = 256;

    /// False when `most` requests are waiting. `repeatable`: doing it twice does no harm, so that a restarted gadget
    /// may be asked again. The request must exist until it ends or is forgotten: it is encoded when it is sent, so that
    /// its passphrase has no other copy meanwhile.
    bool add(const MessageId& id, const Request& request, bool repeatable);
    bool add(const MessageId& id, const Request&& request, bool repeatable) = delete;
    /// Nobody waits for it any more.
    void forget(const MessageId& id);
    /// Whether a byte of it may have reached the device.
    [[nodiscard]] bool was_sent(const MessageId& id) const;

    /// The interface was claimed.
    void claimed();
    /// Nothing is sent yet: requests of an earlier life are open, so who answers must be known first. The caller waits
    /// for a retry frame, at most 1 s, then calls unnamed().
    [[nodiscard]] bool awaits_name() const { return state_ == State::awaiting_name; }
    void unnamed();
    void lost();
    void take(Frame frame);

    /// Puts the next frame to write into `frame`; from here on it counts as sent. False if there is none.
    bool next_frame(GuardedBytes& frame);
    /// What ended since the last call.
    std::vector<Finished> take_finished() { return std::exchange(finished_, {}); }

private:
    enum class State : std::uint8_t { down, awaiting_name, open };
    enum class Step : std::uint8_t { to_send, sent, accepted };
    struct Pending {
        MessageId id;
        const Request* request;
        bool repeatable;
        Step step = Step::to_send;
        bool left = false;  // it was sent once, on this link or an earlier one
    };

    std::vector<Pending>::iterator find(const MessageId& id);
    void retry(const MessageId& name);
    void restarted();
    void give_up(const Pending& request);

    std::vector<Pending> pending_;
    std::vector<Finished> finished_;
    State state_ = State::down;
    std::optional<MessageId> process_;  // the gadget process that received the requests, if it sent its name
};

}  // namespace revenant::host
