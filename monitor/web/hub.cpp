#include "monitor/web/hub.hpp"

#include <array>
#include <charconv>

#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <sodium/randombytes.h>

#include "common/metrics/time.hpp"
#include "common/net/status_socket.hpp"

namespace revenant::monitor {
namespace {

using namespace std::chrono_literals;

/// Maximum age of a shared snapshot. The snapshot contains its own time.
constexpr auto snapshot_life = 200ms;

}  // namespace

Hub::Hub(StreamLimits limits, Snapshot snapshot)
    : limits_{limits}, make_snapshot_{std::move(snapshot)}, boot_{fmt::format("{:08x}", randombytes_random())} {}

void Hub::publish_state(std::string_view name, std::string key, const boost::json::object& data) {
    publish(name, std::move(key), data);
}

void Hub::publish_line(std::string_view name, const boost::json::object& data) {
    publish(name, "", data);
}

void Hub::publish(std::string_view name, std::string key, const boost::json::object& data) {
    ++sequence_;
    const auto bytes = encode_event(name, id_of(sequence_), boost::json::serialize(data));
    const auto event = std::make_shared<const StreamEvent>(sequence_, std::move(key), bytes);
    ring_.push(event);
    for (auto& subscriber : subscribers_) {
        subscriber.queue.push(event);
        if (subscriber.wake)
            subscriber.wake();
    }
}

std::optional<Hub::Subscription> Hub::join(std::string peer, std::string address, const std::string& last_id) {
    auto& of_address = by_address_[address];
    if (subscribers_.size() >= limits_.total || of_address >= limits_.per_address) {
        ++refused_;
        if (of_address == 0)
            by_address_.erase(address);
        return std::nullopt;
    }
    ++of_address;
    const auto subscriber = subscribers_.emplace(subscribers_.end());
    subscriber->id = next_id_++;
    subscriber->peer = std::move(peer);
    subscriber->address = std::move(address);
    subscriber->since = utc_now();
    Subscription place{*this, subscriber};
    const auto last = sequence_of(last_id);
    auto replay = last ? ring_.after(*last, sequence_) : EventRing::Replay{};
    if (!replay.known)
        replay.events = {snapshot()};
    for (auto& event : replay.events)
        subscriber->queue.push(std::move(event));
    return place;
}

void Hub::finish() {
    finishing_ = true;
    for (auto& subscriber : subscribers_)
        if (subscriber.wake)
            subscriber.wake();
}

void Hub::leave(Subscribers::iterator subscriber) {
    dropped_ += subscriber->queue.dropped();
    const auto of_address = by_address_.find(subscriber->address);
    if (--of_address->second == 0)
        by_address_.erase(of_address);
    subscribers_.erase(subscriber);
}

EventPtr Hub::snapshot() {
    const auto now = Clock::now();
    if (!snapshot_ || snapshot_->sequence() != sequence_ || now - snapshot_at_ > snapshot_life) {
        const auto bytes = encode_event("snapshot", id_of(sequence_), boost::json::serialize(make_snapshot_()));
        snapshot_ = std::make_shared<const StreamEvent>(sequence_, "snapshot", bytes);
        snapshot_at_ = now;
    }
    return snapshot_;
}

std::uint64_t Hub::dropped() const {
    auto all = dropped_;
    for (const auto& subscriber : subscribers_)
        all += subscriber.queue.dropped();
    return all;
}

boost::json::array Hub::streams_json() const {
    boost::json::array streams;
    for (const auto& subscriber : subscribers_)
        streams.push_back({{"id", subscriber.id},
                           {"since", subscriber.since},
                           {"peer", subscriber.peer},
                           {"queued", subscriber.queue.size()},
                           {"dropped", subscriber.queue.dropped()}});
    return streams;
}

std::string Hub::id_of(std::uint64_t sequence) const {
    return fmt::format("{}-{}", boot_, sequence);
}

/// Nothing if the id is invalid or from another process.
std::optional<std::uint64_t> Hub::sequence_of(const std::string& id) const {
    const auto dash = id.find('-');
    if (dash == std::string::npos || id.substr(0, dash) != boot_)
        return std::nullopt;
    std::uint64_t sequence = 0;
    const auto* const end = id.data() + id.size();
    const auto [stopped, failed] = std::from_chars(id.data() + dash + 1, end, sequence);
    if (failed != std::errc{} || stopped != end)
        return std::nullopt;
    return sequence;
}

}  // namespace revenant::monitor
