#include "host/devices/signer_device.hpp"

#include <algorithm>

#include "common/async/backoff.hpp"
#include "common/async/within.hpp"
#include "common/core/log.hpp"
#include "common/metrics/time.hpp"
#include "common/net/status_socket.hpp"
#include "common/tezos/text.hpp"
#include "host/channel/link_errors.hpp"
#include "host/channel/refusal.hpp"

namespace revenant::host::serve {
namespace {

constexpr auto refresh_interval = 10s;  // other programs unlock and create keys
constexpr auto refresh_limit = 3s;
constexpr auto refresh_pause = 200ms;  // bounds the requests that unknown keys cause

/// Whether the address belongs to the public key. Clients get both.
bool consistent(const KeyStatus& key) {
    const auto public_key = tezos::parse_public_key(key.public_key);
    return public_key && tezos::address(public_key->curve, public_key->bytes) == key.address;
}

LastSigned& mark_of(KeyStatus& key, tezos::Kind kind) {
    switch (kind) {
        case tezos::Kind::block:
            return key.block;
        case tezos::Kind::preattestation:
            return key.preattestation;
        case tezos::Kind::attestation:
            break;
    }
    return key.attestation;
}

}  // namespace

SignerDevice::SignerDevice(const asio::any_io_executor& executor, Access access, Event& news,
                           std::vector<std::string> key_ids)
    : access_{std::move(access)},
      news_{news},
      key_ids_{std::move(key_ids)},
      link_{access_.open(Interface::sign)},
      channel_{executor, *link_},
      refreshed_{executor},
      since_{utc_now()} {}

awaitable<void> SignerDevice::run(const OnReady& on_ready) {
    const auto body = [&](TaskGroup& group) -> awaitable<void> {
        group.spawn(channel_.run());
        group.spawn(follow(on_ready));
        group.spawn(log_changes());
        co_await group.finished();
    };
    co_await with_group(body);
}

/// Reads the keys after each claim of the interface, and periodically. The link may be lost and claimed again while
/// on_ready runs.
awaitable<void> SignerDevice::follow(const OnReady& on_ready) {
    auto retry = standard_backoff();
    for (std::uint64_t ready_life = 0;;) {
        co_await until_ready();
        const auto life = channel_.claims();
        std::chrono::milliseconds pause = refresh_interval;
        try {
            co_await refresh(refresh_limit);
            retry.reset();
            if (std::exchange(ready_life, life) != life)
                co_await on_ready(*this);
        } catch (const Error& problem) {
            log::debug("the keys of the device '{}' are not known: {}", serial(), problem.what());
            pause = retry.next();
        }
        const auto another_life = [this, life] { return !ready() || channel_.claims() != life; };
        co_await within(Clock::now() + pause, channel_.until(another_life));
    }
}

awaitable<void> SignerDevice::until_ready() {
    return channel_.until([this] { return ready(); });
}

/// Logs when the device connects and disconnects.
awaitable<void> SignerDevice::log_changes() {
    co_await within(Clock::now() + 1s, until_ready());
    std::optional<Fault> last;  // so that a device missing at the start is logged
    for (;;) {
        const auto now = fault();
        since_ = utc_now();
        if (now) {
            // An unplug causes several faults in quick succession: only the first one is a warning.
            const auto level = !last ? log::Level::warn : log::Level::debug;
            log::at(level, "{}", no_answer(refresh_limit).what());
        }
        last = now;
        news_.notify();
        co_await channel_.until([this, now] { return fault() != now; });
    }
}

awaitable<Response> SignerDevice::ask(const Request& request, std::chrono::milliseconds limit) {
    auto answer = co_await channel_.ask(request, limit);
    switch (answer.outcome) {
        case Answer::Outcome::answered:
            co_return std::move(answer.response);
        case Answer::Outcome::unreadable:
            throw bad_answer();
        case Answer::Outcome::refused:
            throw Error{Fault::busy, "the signer is busy: too many requests wait for the device; ask again"};
        case Answer::Outcome::late:
        case Answer::Outcome::unknown:
            break;
    }
    throw no_answer(limit);
}

awaitable<void> SignerDevice::refresh(std::chrono::milliseconds limit) {
    if (refreshing_) {
        co_await refreshed_.wait_until([this] { return !refreshing_; });
        if (refresh_failed_)
            throw Error{*refresh_failed_};
        co_return;
    }
    struct Refreshing {
        SignerDevice& of;
        ~Refreshing() {
            of.refreshing_ = false;
            of.refreshed_.notify();
        }
    } const refreshing{*this};
    refreshing_ = true;
    refresh_failed_ = no_answer(limit);  // for callers that share a refresh that is cancelled
    try {
        co_await sleep_until(refreshed_at_ + refresh_pause);
        refreshed_at_ = Clock::now();
        co_await refresh_now(limit);
        refresh_failed_.reset();
    } catch (const Error& problem) {
        refresh_failed_ = problem;
        news_.notify();
        throw;
    }
}

awaitable<void> SignerDevice::refresh_now(std::chrono::milliseconds limit) {
    const auto life = channel_.claims();
    Request request = StatusRequest{};
    auto response = co_await ask(request, limit);
    if (const auto* error = std::get_if<ErrorResponse>(&response))
        throw refusal(*error, "the list of keys");
    auto* status = std::get_if<StatusResponse>(&response);
    if (status == nullptr)
        throw bad_answer();
    refreshed_life_ = life;
    take(std::move(status->keys));
}

void SignerDevice::take(std::vector<KeyStatus> keys) {
    std::map<std::string, KnownKey> known;
    for (auto& key : keys) {
        if (!consistent(key) ||
            (!key_ids_.empty() && std::find(key_ids_.begin(), key_ids_.end(), key.key_id) == key_ids_.end()))
            continue;
        auto& entry = known[key.address];
        if (const auto before = keys_.find(key.address); before != keys_.end())
            entry = std::move(before->second);
        entry.status = std::move(key);
    }
    keys_ = std::move(known);
    news_.notify();
}

void SignerDevice::forget() {
    if (ready())
        return;
    keys_.clear();
    news_.notify();
}

void SignerDevice::gave_signature(const std::string& address, const std::optional<tezos::Operation>& operation) {
    const auto found = keys_.find(address);
    if (found == keys_.end())
        return;
    auto& key = found->second;
    ++key.signatures;
    key.signed_at = utc_now();
    key.signed_at_unix = unix_now();
    key.status.lock_state = LockState::unlocked;
    if (!operation)
        return;
    auto& mark = mark_of(key.status, operation->kind);
    const LastSigned signed_now{static_cast<std::uint64_t>(operation->level),
                                static_cast<std::uint32_t>(operation->round)};
    if (std::pair{signed_now.level, signed_now.round} > std::pair{mark.level, mark.round})
        mark = signed_now;
}

void SignerDevice::is_locked(const std::string& address) {
    if (const auto found = keys_.find(address); found != keys_.end()) {
        found->second.status.lock_state = LockState::locked;
        news_.notify();
    }
}

void SignerDevice::is_gone(const std::string& address) {
    keys_.erase(address);
    news_.notify();
}

Error SignerDevice::no_answer(std::chrono::milliseconds limit) const {
    const auto now = fault();
    return now ? access_.error(*now, serial()) : timeout_error(serial(), limit);
}

const char* state_text(std::optional<Fault> fault) {
    if (!fault)
        return "ready";
    switch (*fault) {
        case Fault::no_device:
            return "absent";
        case Fault::ambiguous:
            return "several";
        default:
            return name(*fault);
    }
}

}  // namespace revenant::host::serve
