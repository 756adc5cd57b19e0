#include "gadget/session/broker.hpp"

#include <utility>

namespace revenant::gadget {
namespace {

constexpr std::size_t max_queued_frames = 64;
constexpr std::size_t max_queued_bytes = std::size_t{256} << 10;

}  // namespace

Broker::Broker(std::size_t payload_limit, const MessageId& process_name, Counters& counters, TakeRequest take_request)
    : decoder_{payload_limit},
      counters_{counters},
      take_request_{std::move(take_request)},
      process_name_{process_name} {
    ask_again();
}

void Broker::ask_again() {
    send(FrameType::retry, process_name_);
}

void Broker::packet(ByteView bytes) {
    ++counters_.packets;
    heard_ = true;
    if (bytes.empty())
        return forget_partial();
    decoder_.feed(bytes, [this](Frame frame) {
        ++counters_.frames;
        if (frame.type == FrameType::request)  // else: keep-alives and unexpected frames
            waiting_.push_back(std::move(frame));
    });
}

bool Broker::start_request() {
    if (waiting_.empty())
        return false;
    const auto request = std::move(waiting_.front());
    waiting_.pop_front();
    send(FrameType::accept, request.id);
    take_request_(request.id, request.payload);
    return true;
}

void Broker::forget_partial() {
    if (!decoder_.incomplete())
        return;
    decoder_.reset();
    ++counters_.partial_dropped;
}

bool Broker::wants_more() const {
    return queue_.size() < max_queued_frames && queued_bytes_ < max_queued_bytes;
}

void Broker::respond(const MessageId& id, ByteView payload) {
    send(FrameType::response, id, payload);
}

std::optional<Bytes> Broker::take_frame() {
    if (queue_.empty())
        return std::nullopt;
    auto frame = std::move(queue_.front());
    queue_.pop_front();
    queued_bytes_ -= frame.size();
    return frame;
}

void Broker::send(FrameType type, const MessageId& id, ByteView payload) {
    queue_.push_back(encode(type, id, payload));
    queued_bytes_ += queue_.back().size();
}

}  // namespace revenant::gadget
