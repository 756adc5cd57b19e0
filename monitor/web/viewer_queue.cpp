#include "monitor/web/viewer_queue.hpp"

#include <algorithm>

namespace revenant::monitor {

void ViewerQueue::push(EventPtr event) {
    const auto is_line = [](const EventPtr& other) { return other->key().empty(); };
    if (is_line(event)) {
        if (lines_ == max_lines)
            drop(std::find_if(waiting_.begin(), waiting_.end(), is_line));
        ++lines_;
    } else {
        const auto same_key = [&event](const EventPtr& other) { return other->key() == event->key(); };
        if (const auto older = std::find_if(waiting_.begin(), waiting_.end(), same_key); older != waiting_.end())
            waiting_.erase(older);  // not a drop: the new event replaces it
        else if (waiting_.size() >= most)
            drop(waiting_.begin());
    }
    waiting_.push_back(std::move(event));
}

void ViewerQueue::drop(std::deque<EventPtr>::iterator event) {
    ++dropped_;
    if ((*event)->key().empty()) {
        ++lines_dropped_;
        --lines_;
    }
    waiting_.erase(event);
}

ViewerQueue::Batch ViewerQueue::take() {
    Batch batch{{waiting_.begin(), waiting_.end()}, lines_dropped_};
    waiting_.clear();
    lines_ = 0;
    lines_dropped_ = 0;
    return batch;
}

void EventRing::push(EventPtr event) {
    events_.push_back(std::move(event));
    if (events_.size() > most)
        events_.pop_front();
}

EventRing::Replay EventRing::after(std::uint64_t sequence, std::uint64_t newest) const {
    Replay replay;
    const auto oldest = events_.empty() ? newest + 1 : events_.front()->sequence();
    replay.known = sequence <= newest && sequence + 1 >= oldest;
    if (!replay.known)
        return replay;
    const auto is_newer = [sequence](const EventPtr& event) { return event->sequence() > sequence; };
    std::copy_if(events_.begin(), events_.end(), std::back_inserter(replay.events), is_newer);
    return replay;
}

}  // namespace revenant::monitor
