#pragma once

#include <deque>
#include <map>
#include <unordered_map>
#include <vector>

#include "monitor/web/stream_event.hpp"

namespace revenant::monitor {

/// Events waiting to be sent to one viewer. Bounded: keeps the newest event per key and the newest log lines, and
/// counts dropped lines. No I/O.
class ViewerQueue {
public:
    static constexpr std::size_t max_lines = 64;  ///< log lines
    static constexpr std::size_t most = 512;      ///< events in total; normal operation has fewer keys

    void push(EventPtr event);

    struct Batch {
        std::vector<EventPtr> events{};  ///< in sequence order
        std::uint64_t lines_dropped = 0;
    };
    /// Removes and returns all events.
    Batch take();

    [[nodiscard]] bool empty() const { return waiting_.empty(); }
    [[nodiscard]] std::size_t size() const { return waiting_.size(); }
    /// Total drops: log lines, and states beyond `most`.
    [[nodiscard]] std::uint64_t dropped() const { return dropped_; }

private:
    using Place = std::uint64_t;
    /// The oldest of all or of the log lines.
    void drop(std::map<Place, EventPtr>::iterator oldest);

    std::map<Place, EventPtr> waiting_;  // in the order of push()
    // Both without a search through the queue: a busy signer changes hundreds of keys, for hundreds of viewers.
    std::unordered_map<std::string_view, Place> states_;  // by key, which belongs to the event
    std::deque<Place> lines_;
    Place next_ = 0;
    std::uint64_t lines_dropped_ = 0, dropped_ = 0;  // since take(); in total
};

/// The most recent events, for viewers that reconnect.
class EventRing {
public:
    static constexpr std::size_t most = 256;

    void push(EventPtr event);

    struct Replay {
        bool known = false;  ///< whether all events after `sequence` are available
        std::vector<EventPtr> events{};
    };
    /// Returns all events after `sequence`. `newest`: the last sequence number assigned.
    [[nodiscard]] Replay after(std::uint64_t sequence, std::uint64_t newest) const;

private:
    std::deque<EventPtr> events_;
};

}  // namespace revenant::monitor
