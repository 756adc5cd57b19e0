#include "gadget/requests/write_ahead.hpp"

#include "common/async/within.hpp"
#include "common/core/log.hpp"
#include "common/tezos/text.hpp"
#include "gadget/requests/attempt.hpp"

namespace revenant::gadget {
namespace {

constexpr std::size_t max_queued = 512;

void log_failure(const keystore::Outcome& outcome) {
    if (outcome)
        log::warn("the marks are not written at rest, so some levels are refused after a power cut: {}", outcome->text);
}

}  // namespace

WriteAhead::WriteAhead(const asio::any_io_executor& executor, const KeyRing& keys, std::function<void()> changed,
                       Backoff retries)
    : keys_{keys},
      changed_{std::move(changed)},
      retries_{retries},
      any_failed_{executor},
      worker_{executor, 1, max_queued} {}

void WriteAhead::consider(const KeyRing::Key& key, const keystore::ChainId& chain) {
    const auto* const mark = key->find_chain(chain);
    const Subject subject{key->identity().id, chain};
    const bool locked = is_locked(key);
    if (mark == nullptr || running_.contains(subject))
        return;
    if (locked ? !mark->at_rest() : mark->wants_ahead() && !failed_.contains(subject))
        submit(key, chain, locked);
}

void WriteAhead::submit(const KeyRing::Key& key, const keystore::ChainId& chain, bool is_locked) {
    auto permit = worker_.try_acquire();
    if (!permit)
        return;  // the next answer asks again
    running_.emplace(key->identity().id, chain);
    worker_.run([this, key, chain, is_locked, permit = std::move(permit)]() mutable {
        permit->progress();
        auto* const mark = key->find_chain(chain);
        auto outcome = attempt("the write", [&] { return is_locked ? mark->rest() : mark->write_ahead(); });
        worker_.reply([this, key, chain, outcome = std::move(outcome), permit = std::move(permit)]() mutable {
            permit.reset();
            finish(key, chain, outcome);
        });
    });
}

void WriteAhead::finish(const KeyRing::Key& key, const keystore::ChainId& chain, const keystore::Outcome& outcome) {
    const Subject subject{key->identity().id, chain};
    running_.erase(subject);
    if (is_locked(key)) {
        failed_.erase(subject);
        log_failure(outcome);
        if (!outcome)
            consider(key, chain);  // a signature that was under way left meanwhile
    } else if (outcome) {
        if (failed_.insert_or_assign(subject, Failed{key, outcome->text}).second)
            log::error("the reserve of the marks is not written ahead; signing goes on until it is used up: {}",
                       outcome->text);
        any_failed_.notify();
    } else {
        if (failed_.erase(subject) > 0)
            log::info("the reserve of the marks of key '{}' is written again", subject.first);
        consider(key, chain);  // it signed meanwhile
    }
    changed_();
}

awaitable<void> WriteAhead::retry_failed() {
    for (;;) {
        co_await any_failed_.wait_until([this] { return !failed_.empty(); });
        co_await sleep_for(retries_.next());
        const auto due = failed_;
        for (const auto& [subject, failed] : due) {
            const auto key = failed.key.lock();
            if (!key || is_locked(key))
                failed_.erase(subject);
            else if (!running_.contains(subject))
                submit(key, subject.second, false);
        }
        co_await worker_.drained();
        if (failed_.empty())
            retries_.reset();
        changed_();
    }
}

void WriteAhead::rest_all() {
    auto permit = worker_.try_acquire();
    if (!permit)
        return;
    worker_.run([this, keys = keys_.all(), permit = std::move(permit)]() mutable {
        permit->progress();
        for (const auto& key : keys)
            log_failure(attempt("the write", [&] { return key->rest(); }));
        worker_.reply([permit = std::move(permit), keys = std::move(keys)]() mutable { permit.reset(); });
    });
}

boost::json::array WriteAhead::describe() const {
    boost::json::array all;
    for (const auto& [subject, failed] : failed_)
        all.push_back(boost::json::object{
            {"key", subject.first}, {"chain", tezos::chain_text(subject.second)}, {"reason", failed.text}});
    return all;
}

bool WriteAhead::is_locked(const KeyRing::Key& key) const {
    return keys_.by_id(key->identity().id) != key;
}

}  // namespace revenant::gadget
