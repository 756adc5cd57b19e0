#include "host/channel/requests.hpp"

#include <algorithm>

namespace revenant::host {

bool Requests::add(const MessageId& id, const Request& request, bool repeatable) {
    if (pending_.size() >= most)
        return false;
    pending_.push_back(Pending{id, &request, repeatable});
    return true;
}

void Requests::forget(const MessageId& id) {
    std::erase_if(pending_, [&](const Pending& request) { return request.id == id; });
}

bool Requests::was_sent(const MessageId& id) const {
    return std::any_of(pending_.begin(), pending_.end(),
                       [&](const Pending& request) { return request.id == id && request.left; });
}

void Requests::claimed() {
    const bool open_ones = std::any_of(pending_.begin(), pending_.end(), [](const Pending& r) { return r.left; });
    state_ = open_ones ? State::awaiting_name : State::open;
    if (!open_ones)
        process_.reset();  // no process has a request of ours: accept the next name
}

void Requests::unnamed() {
    if (state_ == State::awaiting_name)
        restarted();
}

void Requests::lost() {
    state_ = State::down;
    for (auto& request : pending_)
        request.step = Step::to_send;
}

void Requests::take(Frame frame) {
    const auto request = find(frame.id);
    switch (frame.type) {
        case FrameType::accept:
            if (request != pending_.end() && request->step == Step::sent)
                request->step = Step::accepted;
            return;
        case FrameType::response:
            if (request != pending_.end() && request->left) {
                finished_.push_back(Finished{frame.id, std::move(frame.payload)});
                pending_.erase(request);
            }
            return;
        case FrameType::retry:
            return retry(frame.id);
        case FrameType::request:
        case FrameType::keep_alive:
            return;
    }
}

void Requests::retry(const MessageId& name) {
    const bool has_name = name != MessageId{};
    const bool same = has_name && process_ == name;
    const bool another = has_name && process_ && !same;
    if ((state_ == State::awaiting_name && !same) || another) {
        restarted();
    } else {
        state_ = State::open;  // what a lost link left behind stands at to_send already
        for (auto& request : pending_) {
            // The first name after the claim, but a request was accepted before it: the accepting process is unknown.
            const bool taken_by_unknown = has_name && !process_ && request.step == Step::accepted;
            if (taken_by_unknown && !request.repeatable)
                give_up(request);
            // Of the same process a session ended, and with it went answers on their way: it keeps them for who asks
            // again, though it accepted the request.
            if (same || taken_by_unknown || request.step == Step::sent)
                request.step = Step::to_send;
        }
        for (const auto& ended : finished_)
            forget(ended.id);
    }
    if (has_name)
        process_ = name;
}

/// The process that had our requests is gone with them: repeat what does no harm, give up the rest that it may have
/// had.
void Requests::restarted() {
    state_ = State::open;
    process_.reset();
    for (auto& request : pending_) {
        if (request.left && !request.repeatable)
            give_up(request);
        request.step = Step::to_send;
    }
    for (const auto& ended : finished_)
        forget(ended.id);
}

void Requests::give_up(const Pending& request) {
    finished_.push_back(Finished{request.id, std::nullopt});
}

bool Requests::next_frame(GuardedBytes& frame) {
    if (state_ != State::open)
        return false;
    const auto next = std::find_if(pending_.begin(), pending_.end(),
                                   [](const Pending& request) { return request.step == Step::to_send; });
    if (next == pending_.end())
        return false;
    next->step = Step::sent;
    next->left = true;
    frame.resize(frame_header_size + encoded_size(*next->request));
    write_header(frame, FrameType::request, next->id);
    encode(*next->request, std::span{frame}.subspan(frame_header_size));
    return true;
}

std::vector<Requests::Pending>::iterator Requests::find(const MessageId& id) {
    return std::find_if(pending_.begin(), pending_.end(), [&](const Pending& request) { return request.id == id; });
}

}  // namespace revenant::host
