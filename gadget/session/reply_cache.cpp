#include "gadget/session/reply_cache.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>
#include <variant>

#include <sodium.h>

namespace revenant::gadget {
namespace {

constexpr std::size_t max_kept = 128;
constexpr std::size_t max_kept_bytes = std::size_t{256} << 10;

/// Null for a request that has no passphrase.
Secret* passphrase_of(Request& request) {
    return std::visit(
        [](auto& alternative) -> Secret* {
            if constexpr (requires { alternative.passphrase; })
                return &alternative.passphrase;
            else
                return nullptr;
        },
        request);
}

Bytes encode_without_passphrase(Request& request) {
    auto* passphrase = passphrase_of(request);
    auto kept = passphrase != nullptr ? std::exchange(*passphrase, {}) : Secret{};
    auto bytes = encode(std::as_const(request));
    if (passphrase != nullptr)
        *passphrase = std::move(kept);
    return bytes;
}

}  // namespace

ReplyCache::Entry::~Entry() {
    sodium_memzero(&key, sizeof key);  // the answer's buffer wipes itself
}

ReplyCache::Key ReplyCache::key_of(const MessageId& id, Request& request) {
    const auto bytes = encode_without_passphrase(request);
    Key key{id, {}};
    crypto_generichash(key.hash.data(), key.hash.size(), bytes.data(), bytes.size(), nullptr, 0);
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
    entries_.emplace_front(key, session);
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
    finished_.notify();
    return session;
}

awaitable<void> ReplyCache::expire_in_time() {
    for (;;) {
        co_await finished_.wait_until([this] { return oldest_finished() != entries_.end(); });
        co_await sleep_until(oldest_finished()->finished + kept_for_ + kept_for_ / 60);  // one wake-up for one level
        expire(Clock::now());
    }
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
    for (auto entry = oldest_finished(); entry != entries_.end() && now - entry->finished >= kept_for_;)
        forget(entry++);
}

void ReplyCache::make_room() {
    for (auto entry = oldest_finished(); kept_ > max_kept || kept_bytes_ > max_kept_bytes;)
        forget(entry++);
}

}  // namespace revenant::gadget
