#include "gadget/requests/unlocked_keys.hpp"

#include "common/core/log.hpp"

namespace revenant::gadget {
namespace {

constexpr auto stored_name = "unlocked";

std::unique_ptr<keystore::Handover> adopt(UniqueFd fd) {
    auto made = keystore::Handover::adopt(std::move(fd));
    if (const auto* reason = std::get_if<keystore::Handover::Unavailable>(&made)) {
        log::warn("the keys unlocked by the previous process are now locked: {}", *reason);
        return nullptr;
    }
    return std::get<std::unique_ptr<keystore::Handover>>(std::move(made));
}

std::unique_ptr<keystore::Handover> create() {
    auto made = keystore::Handover::create();
    if (const auto* reason = std::get_if<keystore::Handover::Unavailable>(&made)) {
        log::warn("keys will be locked after a crash: {}", *reason);
        return nullptr;
    }
    auto handover = std::get<std::unique_ptr<keystore::Handover>>(std::move(made));
    if (!service::store(stored_name, handover->fd()))
        log::warn("keys will be locked after a crash: the service manager does not store descriptors");
    return handover;
}

}  // namespace

UnlockedKeys take_over_unlocked_keys(std::vector<service::StoredFd>& stored, keystore::Store& store, bool keep) {
    UnlockedKeys unlocked;
    for (auto& [name, fd] : stored) {
        if (name != stored_name)
            continue;
        unlocked.handover = adopt(std::move(fd));
        if (unlocked.handover && !keep)
            unlocked.handover->clear();
        if (!unlocked.handover || !keep) {
            service::forget(stored_name);
            unlocked.handover.reset();
        }
    }
    if (unlocked.handover) {
        for (const auto& [id, data_key] : unlocked.handover->entries()) {
            auto opened = store.reopen(id, data_key, keystore::uptime_now());
            if (auto* failure = std::get_if<keystore::Failure>(&opened)) {
                log::warn("key '{}' was unlocked and is now locked: {}", id, failure->text);
                unlocked.handover->remove(id);
            } else {
                log::info("key '{}' is still unlocked", id);
                unlocked.keys.push_back(std::get<KeyRing::Key>(std::move(opened)));
            }
        }
    } else if (keep && service::managed()) {
        unlocked.handover = create();
    }
    return unlocked;
}

}  // namespace revenant::gadget
