#pragma once

#include <deque>
#include <vector>

#include "monitor/web/stream_event.hpp"

namespace revenant::monitor {

/// What one viewer has yet to be sent. Bounded: of events with the same key the newest stays, of log lines the newest
/// few; how many were dropped is told. No I/O.
class ViewerQueue {
public:
    static constexpr std::size_t max_lines = 64;  ///< of the log
    static constexpr std::size_t most = 512;      ///< in all: more keys than a sound monitor has

    void push(EventPtr event);

    struct Batch {
        std::vector<EventPtr> events{};  ///< in the order of their sequence
        std::uint64_t lines_dropped = 0;
    };
    /// All of it.
    Batch take();

    [[nodiscard]] bool empty() const { return waiting_.empty(); }
    [[nodiscard]] std::size_t size() const { return waiting_.size(); }
    /// Since the beginning: log lines and, where even the keys were too many, states.
    [[nodiscard]] std::uint64_t dropped() const { return dropped_; }

private:
    void drop(std::deque<EventPtr>::iterator event);

    std::deque<EventPtr> waiting_;
    std::size_t lines_ = 0;
    std::uint64_t lines_dropped_ = 0, dropped_ = 0;  // since take(), and ever
};

/// The events that were last, for a viewer that comes back.
class EventRing {
public:
    static constexpr std::size_t most = 256;

    void push(EventPtr event);

    struct Replay {
        bool known = false;  ///< whether nothing after `sequence` is missing
        std::vector<EventPtr> events{};
    };
    /// All after `sequence`. `newest` is the sequence number that was given last.
    [[nodiscard]] Replay after(std::uint64_t sequence, std::uint64_t newest) const;

private:
    std::deque<EventPtr> events_;
};

}  // namespace revenant::monitor
