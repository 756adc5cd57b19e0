#include "monitor/web/viewer_queue.hpp"

#include <algorithm>

namespace revenant::monitor {

void ViewerQueue::push(EventPtr event) {
    const auto place = next_++;
    if (const auto& key = event->key(); key.empty()) {
        if (lines_.size() == max_lines)
            drop(waiting_.find(lines_.front()));
        lines_.push_back(place);
    } else if (const auto older = states_.find(key); older != states_.end()) {
        const auto replaced = waiting_.find(older->second);  // not a drop
        states_.erase(older);                                // before its event: the key belongs to that
        waiting_.erase(replaced);
        states_.emplace(key, place);
    } else {
        if (waiting_.size() >= most)
            drop(waiting_.begin());
        states_.emplace(key, place);
    }
    waiting_.emplace(place, std::move(event));
}

void ViewerQueue::drop(std::map<Place, EventPtr>::iterator oldest) {
    ++dropped_;
    if (const auto& key = oldest->second->key(); key.empty()) {
        ++lines_dropped_;
        lines_.pop_front();
    } else {
        states_.erase(key);
    }
    waiting_.erase(oldest);
}

ViewerQueue::Batch ViewerQueue::take() {
    Batch batch{{}, lines_dropped_};
    for (auto& [place, event] : waiting_)
        batch.events.push_back(std::move(event));
    states_.clear();
    lines_.clear();
    waiting_.clear();
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
