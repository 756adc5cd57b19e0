#include "gadget/requests/management.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "common/core/log.hpp"
#include "gadget/requests/report_failure.hpp"

namespace revenant::gadget {
namespace {

using keystore::Cause;
using keystore::Expected;
using keystore::Failure;
using keystore::Kek;

constexpr std::size_t default_lines = 100;
constexpr std::size_t max_lines = 500;  // of at most 1 KiB each: they fit into one frame

const Failure* failure_of(const Expected<Kek>& kek) {
    return std::get_if<Failure>(&kek);
}

/// "Baker" and "baker" are the same key; an invalid id is looked up unchanged and not found.
std::string normal(const std::string& id) {
    return keystore::normalise_id(id).value_or(id);
}

}  // namespace

Response Management::answer(const UnlockRequest& request, const Progress& progress) {
    if (request.key_ids.empty())
        return ErrorResponse{ErrorCode::unlock_no_keys, "the unlock request has no key id: name at least one key"};
    if (request.passphrase.empty())
        return ErrorResponse{ErrorCode::unlock_no_passphrase, "the unlock request has no passphrase: provide it"};
    const auto kek = store_.authenticate(request.passphrase, keystore::boottime_now());
    progress();
    if (const auto* failure = failure_of(kek); failure != nullptr && failure->cause == Cause::throttled)
        return ErrorResponse{ErrorCode::throttled, failure->text};
    UnlockResponse response;
    for (const auto& id : request.key_ids) {
        const auto* failure = failure_of(kek);
        response.results.push_back(failure != nullptr ? KeyResult{id, false, failure->text}
                                                      : unlock(id, std::get<Kek>(kek)));
        progress();
    }
    return response;
}

KeyResult Management::unlock(const std::string& id, const Kek& kek) {
    auto unlocked = store_.unlock(normal(id), kek, keystore::uptime_now());
    if (const auto* failure = std::get_if<Failure>(&unlocked))
        return {id, false, report_failure(*failure)};
    auto& key = std::get<KeyRing::Key>(unlocked);
    log::info("key '{}' ({}) unlocked", key->identity().id, key->identity().address);
    keys_.add(std::move(key));
    return {id, true, {}};
}

std::vector<KeyRing::Key> Management::remove_keys(const LockRequest& request) {
    std::vector<KeyRing::Key> locked;
    for (const auto& id : request.key_ids)
        if (auto key = keys_.remove(normal(id))) {
            log::info("key '{}' locked", normal(id));
            locked.push_back(std::move(key));
        }
    return locked;
}

/// P7: nothing of these keys is admitted any more. What still runs is followed by a write at rest of its own.
Response Management::answer(const Locked& locked, const Progress& progress) {
    auto keys = remove_keys(locked.request);
    keys.insert(keys.end(), locked.keys.begin(), locked.keys.end());
    for (const auto& key : keys) {
        rest(*key);
        progress();
    }
    LockResponse response;
    const auto known = store_.identities();
    for (const auto& id : locked.request.key_ids) {
        const auto here = [&](const auto& identity) { return identity.id == normal(id); };
        const bool found = std::any_of(known.begin(), known.end(), here);
        response.results.push_back(
            {id, found, found ? std::string{} : fmt::format("key '{}' is not on this device: list its keys", id)});
    }
    return response;
}

Response Management::answer(const NewKeysRequest& request, const Progress& progress) {
    if (request.passphrase.empty())
        return ErrorResponse{ErrorCode::unlock_no_passphrase, "the request for new keys has no passphrase: provide it"};
    const auto kek = store_.authenticate(request.passphrase, keystore::boottime_now());
    progress();
    if (const auto* failure = failure_of(kek); failure != nullptr && failure->cause == Cause::throttled)
        return ErrorResponse{ErrorCode::throttled, failure->text};
    const auto automatic = std::vector<std::string>{""};
    const auto curve = request.kind == KeyKind::tz1 ? keystore::Curve::ed25519 : keystore::Curve::bls;
    NewKeysResponse response;
    for (const auto& id : request.key_ids.empty() ? automatic : request.key_ids) {
        const auto* failure = failure_of(kek);
        response.results.push_back(failure != nullptr ? NewKeyResult{id, {}, {}, false, failure->text}
                                                      : create(id, curve, std::get<Kek>(kek)));
        progress();
    }
    return response;
}

NewKeyResult Management::create(const std::string& id, keystore::Curve curve, const Kek& kek) {
    const auto created = store_.create(id, curve, kek);
    if (const auto* failure = std::get_if<Failure>(&created))
        return {id, {}, {}, false, report_failure(*failure)};
    const auto& identity = std::get<keystore::Identity>(created);
    log::info("key '{}' ({}) created", identity.id, identity.address);
    return {identity.id, identity.public_key, identity.address, true, {}};
}

Response Management::answer(const DeleteKeysRequest& request, const Progress& progress) {
    if (request.key_ids.empty())
        return ErrorResponse{ErrorCode::delete_no_keys, "the delete request has no key id: name at least one key"};
    if (request.passphrase.empty())
        return ErrorResponse{ErrorCode::delete_no_passphrase, "the delete request has no passphrase: provide it"};
    const auto kek = store_.authenticate(request.passphrase, keystore::boottime_now());
    progress();
    if (const auto* failure = failure_of(kek))
        return ErrorResponse{
            failure->cause == Cause::throttled ? ErrorCode::delete_throttled : ErrorCode::delete_wrong_passphrase,
            failure->text};
    DeleteKeysResponse response;
    for (const auto& id : request.key_ids) {
        response.results.push_back(remove(id, std::get<Kek>(kek)));
        progress();
    }
    return response;
}

KeyResult Management::remove(const std::string& id, const Kek& kek) {
    if (const auto key = keys_.remove(normal(id)))
        rest(*key);
    if (const auto failure = store_.remove(normal(id), kek))
        return {id, false, report_failure(*failure)};
    log::info("key '{}' deleted", normal(id));
    return {id, true, {}};
}

Response Management::answer(const InitMasterRequest& request, const Progress& /*progress*/) {
    if (request.passphrase.empty())
        return ErrorResponse{ErrorCode::init_no_passphrase, "the init request has no passphrase: provide it"};
    if (const auto failure = store_.init(request.deterministic, request.passphrase))
        return ErrorResponse{ErrorCode::init_failed, report_failure(*failure)};
    log::info("store initialised, {}", request.deterministic ? "deterministic" : "with random keys");
    return OkResponse{true};
}

Response Management::answer(const SetLevelRequest& request, const Progress& progress) {
    const auto refused = [](std::string text) { return ErrorResponse{ErrorCode::set_level_failed, std::move(text)}; };
    std::optional<keystore::ChainId> chain;
    if (!request.chain_id.empty()) {
        if (request.chain_id.size() != keystore::ChainId{}.size())
            return refused("invalid chain id: expected 4 bytes (shown by the node as Net…)");
        std::copy(request.chain_id.begin(), request.chain_id.end(), chain.emplace().begin());
    }
    std::optional<Expected<Kek>> kek;
    if (!request.passphrase.empty()) {
        kek = store_.authenticate(request.passphrase, keystore::boottime_now());
        progress();
        if (const auto* failure = failure_of(*kek))
            return failure->cause == Cause::throttled ? ErrorResponse{ErrorCode::throttled, failure->text}
                                                      : refused(failure->text);
    }
    auto key = keys_.by_id(normal(request.key_id));
    if (!key && kek) {
        auto opened = store_.unlock(normal(request.key_id), std::get<Kek>(*kek), keystore::uptime_now());
        if (const auto* failure = std::get_if<Failure>(&opened))
            return refused(report_failure(*failure));
        key = std::get<KeyRing::Key>(std::move(opened));
    }
    if (!key)
        return refused(fmt::format("key '{}' is locked or not on this device: unlock it, or provide the passphrase",
                                   request.key_id));
    if (const auto failure = key->set_level(request.level, chain, kek.has_value(), keystore::uptime_now()))
        return refused(report_failure(*failure));
    if (!keys_.by_id(key->identity().id))
        rest(*key);
    log::info("key '{}' set to level {}", key->identity().id, request.level);
    return OkResponse{true};
}

/// A clean end of a key. If it fails, the reserve bounds what was signed.
void Management::rest(keystore::OpenKey& key) {
    if (const auto failure = key.rest())
        log::warn("the marks are not written at rest, so some levels are refused after a power cut: {}", failure->text);
}

Response Management::answer(const LogsRequest& request, const Progress& /*progress*/) {
    if (!log_.on())
        return ErrorResponse{ErrorCode::logs_off, "the log is not kept on this device: set log-lines or log-file"};
    auto lines = log_.newest(std::min<std::size_t>(request.limit == 0 ? default_lines : request.limit, max_lines));
    if (!lines)
        return ErrorResponse{ErrorCode::logs_unreadable, "the log file cannot be read: check its mode and its disk"};
    return LogsResponse{std::move(*lines)};
}

}  // namespace revenant::gadget
