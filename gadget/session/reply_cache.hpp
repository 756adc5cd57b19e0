#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <list>

#include "common/async/event.hpp"
#include "common/wire/frame.hpp"
#include "common/wire/message.hpp"

namespace revenant::gadget {

/// The requests of one interface and their answers, for the lifetime of the process. A request that the host repeats,
/// in a new session or because an accept was lost, is not executed again. A request is identified by its id and the
/// BLAKE2b of its content without the passphrase: the same id with other content is another request, and no memory of
/// a passphrase stays behind that would allow fast guesses. Keeps at most 128 finished answers, 256 KiB, each for 60 s.
/// One thread.
class ReplyCache {
public:
    explicit ReplyCache(const asio::any_io_executor& executor, Clock::duration kept_for = std::chrono::seconds{60})
        : kept_for_{kept_for}, finished_{executor} {}

    struct Key {
        MessageId id;
        std::array<std::uint8_t, 32> hash;
        friend bool operator==(const Key&, const Key&) = default;
    };
    /// `request` is unchanged afterwards.
    static Key key_of(const MessageId& id, Request& request);

    enum class Found { fresh, running, answered };
    /// Looks up the request; `session` is recorded as the one waiting for the answer of a running request.
    Found find(const Key& key, std::uint64_t session, Clock::time_point now);
    /// Returns the cached answer. Valid only after find() returned `answered`, until the next call.
    [[nodiscard]] ByteView answer(const Key& key) const;

    /// A fresh request starts to run.
    void begin(const Key& key, std::uint64_t session);
    /// The request ended: caches the answer if `keep`, else forgets the request. Returns the session that asked last.
    std::uint64_t finish(const Key& key, ByteView payload, bool keep, Clock::time_point now);

    [[nodiscard]] std::size_t kept() const { return kept_; }

    /// Forgets answers whose time is over, also when no request arrives. Runs until cancelled; sleeps while nothing is
    /// kept.
    awaitable<void> expire_in_time();

private:
    struct Entry {
        Key key;
        std::uint64_t session;  // the last one that asked
        bool running;
        Bytes payload{};
        Clock::time_point finished{};
        Entry(const Key& asked, std::uint64_t in) : key{asked}, session{in}, running{true} {}
        Entry(const Entry&) = delete;
        Entry& operator=(const Entry&) = delete;
        ~Entry();  // wipes
    };
    using Entries = std::list<Entry>;
    Entries::iterator look_up(const Key& key);
    Entries::iterator oldest_finished();
    void forget(Entries::iterator entry);
    void expire(Clock::time_point now);
    void make_room();

    Clock::duration kept_for_;
    Event finished_;
    Entries entries_;  // finished ones in order of completion; few, so a linear search is cheap
    std::size_t kept_ = 0;
    std::size_t kept_bytes_ = 0;
};

}  // namespace revenant::gadget
