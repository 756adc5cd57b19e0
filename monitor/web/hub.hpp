#pragma once

#include <functional>
#include <list>
#include <map>
#include <optional>
#include <string>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "monitor/health/health.hpp"
#include "monitor/web/viewer_queue.hpp"

namespace revenant::monitor {

/// How many viewers there may be.
struct StreamLimits {
    std::size_t total = 1100;
    std::size_t per_address = 1000;
};

/// One viewer's place at the hub.
struct Subscriber {
    std::uint64_t id = 0;
    std::string peer{}, address{}, since{};  ///< "127.0.0.1:40000"; "127.0.0.1"; RFC 3339
    ViewerQueue queue{};
    std::function<void()> wake{};  ///< something was put into the queue
};

/// Gives each event to all viewers, and knows who they are. One thread.
class Hub {
public:
    using Snapshot = std::function<boost::json::object()>;

    /// `snapshot`: all there is to know, for those who know nothing yet.
    Hub(StreamLimits limits, Snapshot snapshot);

    /// Which life of the program this is: eight digits, at random.
    [[nodiscard]] const std::string& boot() const { return boot_; }
    /// The number of the newest event.
    [[nodiscard]] std::uint64_t sequence() const { return sequence_; }

    /// A state: who has not yet been sent the last one of this `key` gets only this one.
    void publish_state(std::string_view name, std::string key, const boost::json::object& data);
    /// A line of the log.
    void publish_line(std::string_view name, const boost::json::object& data);

    /// A place for a viewer, or nothing when there are too many, or this one's address has too many. Its queue holds
    /// what it missed since `last_id`, or else a snapshot.
    class Subscription;
    std::optional<Subscription> join(std::string peer, std::string address, const std::string& last_id);

    [[nodiscard]] std::size_t streams() const { return subscribers_.size(); }
    [[nodiscard]] std::uint64_t refused() const { return refused_; }
    /// Since the beginning, of all viewers that are or were.
    [[nodiscard]] std::uint64_t dropped() const;
    [[nodiscard]] std::uint64_t joined() const { return next_id_ - 1; }
    /// id, since, peer, queued, dropped of each.
    [[nodiscard]] boost::json::array streams_json() const;

private:
    using Subscribers = std::list<Subscriber>;
    void publish(std::string_view name, std::string key, const boost::json::object& data);
    void leave(Subscribers::iterator subscriber);
    [[nodiscard]] std::string id_of(std::uint64_t sequence) const;
    [[nodiscard]] std::optional<std::uint64_t> sequence_of(const std::string& id) const;
    EventPtr snapshot();

    StreamLimits limits_;
    Snapshot make_snapshot_;
    std::string boot_;
    std::uint64_t sequence_ = 0, next_id_ = 1, refused_ = 0, dropped_ = 0;
    EventRing ring_;
    Subscribers subscribers_;
    std::map<std::string, std::size_t> by_address_;
    EventPtr snapshot_;  // shared by those who come within the same moment
    Moment snapshot_at_{};
};

/// Frees its subscriber when it goes.
class Hub::Subscription {
public:
    Subscription(Hub& hub, Subscribers::iterator subscriber) : hub_{&hub}, subscriber_{subscriber} {}
    Subscription(Subscription&& other) noexcept
        : hub_{std::exchange(other.hub_, nullptr)}, subscriber_{other.subscriber_} {}
    Subscription& operator=(Subscription&&) = delete;
    ~Subscription() {
        if (hub_ != nullptr)
            hub_->leave(subscriber_);
    }
    [[nodiscard]] Subscriber& subscriber() const { return *subscriber_; }

private:
    Hub* hub_;
    Subscribers::iterator subscriber_;
};

}  // namespace revenant::monitor
