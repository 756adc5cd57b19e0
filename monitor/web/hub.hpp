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

/// Maximum number of viewers.
struct StreamLimits {
    std::size_t total = 1100;
    std::size_t per_address = 1000;
};

/// A viewer registered with the hub.
struct Subscriber {
    std::uint64_t id = 0;
    std::string peer{}, address{}, since{};  ///< "127.0.0.1:40000"; "127.0.0.1"; RFC 3339
    ViewerQueue queue{};
    std::function<void()> wake{};  ///< called after each push to the queue, and by finish()
};

/// Distributes each event to all viewers. One thread.
class Hub {
public:
    using Snapshot = std::function<boost::json::object()>;

    /// `snapshot`: returns the complete state, for new viewers.
    Hub(StreamLimits limits, Snapshot snapshot);

    /// Random id of this process, eight hex digits.
    [[nodiscard]] const std::string& boot() const { return boot_; }
    /// Sequence number of the newest event.
    [[nodiscard]] std::uint64_t sequence() const { return sequence_; }

    /// Publishes a state; it replaces an unsent event with the same `key`.
    void publish_state(std::string_view name, std::string key, const boost::json::object& data);
    /// Publishes a log line.
    void publish_line(std::string_view name, const boost::json::object& data);

    /// Registers a viewer; nothing if the total or per-address limit is reached. Its queue starts with the events after
    /// `last_id` if they are still available, else with a snapshot.
    class Subscription;
    std::optional<Subscription> join(std::string peer, std::string address, const std::string& last_id);

    /// Ends all streams, present and future, after their last event.
    void finish();

    [[nodiscard]] std::size_t streams() const { return subscribers_.size(); }
    [[nodiscard]] std::uint64_t refused() const { return refused_; }
    /// Total drops of all current and former viewers.
    [[nodiscard]] std::uint64_t dropped() const;
    [[nodiscard]] std::uint64_t joined() const { return next_id_ - 1; }
    /// Per viewer: id, since, peer, queued, dropped.
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
    bool finishing_ = false;
    std::uint64_t sequence_ = 0, next_id_ = 1, refused_ = 0, dropped_ = 0;
    EventRing ring_;
    Subscribers subscribers_;
    std::map<std::string, std::size_t> by_address_;
    EventPtr snapshot_;  // shared by viewers that join within snapshot_life
    Moment snapshot_at_{};
};

/// Removes its subscriber on destruction.
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
    [[nodiscard]] bool finishing() const { return hub_->finishing_; }

private:
    Hub* hub_;
    Subscribers::iterator subscriber_;
};

}  // namespace revenant::monitor
