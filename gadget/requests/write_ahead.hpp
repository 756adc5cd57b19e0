#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include <boost/json/array.hpp>

#include "common/async/backoff.hpp"
#include "gadget/requests/key_ring.hpp"
#include "gadget/requests/workers.hpp"

namespace revenant::gadget {

/// Writes the reserves of marks ahead of need, and marks at rest behind the last signature of a locked key. Its own
/// thread does the writes, so that they delay no request; a file has one write at a time. Event loop thread only.
class WriteAhead {
public:
    /// `changed`: describe() has a new result.
    WriteAhead(const asio::any_io_executor& executor, const KeyRing& keys, std::function<void()> changed,
               Backoff retries = {std::chrono::seconds{1}, std::chrono::seconds{60}});

    /// After an answer for this key and chain has left.
    void consider(const KeyRing::Key& key, const keystore::ChainId& chain);
    /// Retries failed writes, with pauses. Until cancelled.
    awaitable<void> retry_failed();

    /// A clean end: writes the marks of all unlocked keys at rest. Nothing may be signed any more.
    void rest_all();
    awaitable<void> drained() { return worker_.drained(); }
    /// Waits for the running write.
    void stop() { worker_.stop(); }

    /// Whether the reserve of this key and chain could not be written.
    [[nodiscard]] bool failed(const std::string& key_id, const keystore::ChainId& chain) const {
        return failed_.contains({key_id, chain});
    }
    /// Keys and chains whose reserve could not be written, with the reason.
    [[nodiscard]] boost::json::array describe() const;

private:
    using Subject = std::pair<std::string, keystore::ChainId>;
    struct Failed {
        std::weak_ptr<keystore::OpenKey> key;  // a key that is locked is forgotten, and its secrets with it
        std::string text;
    };
    void submit(const KeyRing::Key& key, const keystore::ChainId& chain, bool is_locked);
    void finish(const KeyRing::Key& key, const keystore::ChainId& chain, const keystore::Outcome& outcome);
    [[nodiscard]] bool is_locked(const KeyRing::Key& key) const;

    const KeyRing& keys_;
    std::function<void()> changed_;
    Backoff retries_;
    std::set<Subject> running_;
    std::map<Subject, Failed> failed_;
    Event any_failed_;
    Workers worker_;
};

}  // namespace revenant::gadget
