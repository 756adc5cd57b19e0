#include "gadget/session/reply_cache.hpp"

#include <algorithm>
#include <stdexcept>

#include <sodium.h>

namespace revenant::gadget {
namespace {

constexpr std::size_t max_kept = 128;
constexpr std::size_t max_kept_bytes = std::size_t{256} << 10;
constexpr auto kept_for = std::chrono::seconds{60};

}  // namespace

ReplyCache::ReplyCache() {
    randombytes_buf(hash_key_.data(), hash_key_.size());
}

ReplyCache::Key ReplyCache::key_of(const MessageId& id, ByteView payload) const {
    Key key{id, {}};
    crypto_generichash(key.hash.data(), key.hash.size(), payload.data(), payload.size(), hash_key_.data(),
                       hash_key_.size());
    return key;
}

ReplyCache::Entries::iterator ReplyCache::look_up(const Key& key) {
    return std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) { return entry.key == key; });
}

ReplyCache::Found ReplyCache::find(const Key& key, std::uint64_t session, Clock::time_point now) {
    expire(now);
    const auto entry = look_up(key);
    if (entry == entries_.end())
        return Found::fresh;
    entry->session = session;
    return entry->running ? Found::running : Found::answered;
}

ByteView ReplyCache::answer(const Key& key) const {
    const auto entry =
        std::find_if(entries_.begin(), entries_.end(), [&](const Entry& known) { return known.key == key; });
    return entry != entries_.end() ? ByteView{entry->payload} : ByteView{};
}

void ReplyCache::begin(const Key& key, std::uint64_t session) {
    entries_.push_front({key, session, true, {}, {}});
}

std::uint64_t ReplyCache::finish(const Key& key, ByteView payload, bool keep, Clock::time_point now) {
    const auto entry = look_up(key);
    if (entry == entries_.end())
        throw std::logic_error{"finish() without begin() for this request"};
    const auto session = entry->session;
    if (!keep || payload.size() > max_kept_bytes) {
        entries_.erase(entry);
        return session;
    }
    entry->running = false;
    entry->payload.assign(payload.begin(), payload.end());
    entry->finished = now;
    entries_.splice(entries_.end(), entries_, entry);
    ++kept_;
    kept_bytes_ += payload.size();
    make_room();
    return session;
}

void ReplyCache::forget(Entries::iterator entry) {
    --kept_;
    kept_bytes_ -= entry->payload.size();
    entries_.erase(entry);
}

/// Running entries come first, then the finished ones, oldest first.
ReplyCache::Entries::iterator ReplyCache::oldest_finished() {
    return std::find_if_not(entries_.begin(), entries_.end(), [](const Entry& entry) { return entry.running; });
}

void ReplyCache::expire(Clock::time_point now) {
    for (auto entry = oldest_finished(); entry != entries_.end() && now - entry->finished >= kept_for;)
        forget(entry++);
}

void ReplyCache::make_room() {
    for (auto entry = oldest_finished(); kept_ > max_kept || kept_bytes_ > max_kept_bytes;)
        forget(entry++);
}

}  // namespace revenant::gadget
