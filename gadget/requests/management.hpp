#pragma once

#include <functional>
#include <vector>

#include "common/service/log.hpp"
#include "common/wire/message.hpp"
#include "gadget/keystore/store.hpp"
#include "gadget/requests/key_ring.hpp"

namespace revenant::gadget {

/// Long-running requests of the operator: keys, levels, logs. Blocks: management worker, one request at a time.
class Management {
public:
    Management(keystore::Store& store, KeyRing& keys, const LogTail& log) : store_{store}, keys_{keys}, log_{log} {}

    /// Keys that were locked at once; their marks are not at rest yet.
    struct Locked {
        LockRequest request;
        std::vector<KeyRing::Key> keys;
    };

    /// `progress` is called after each key of a request with several keys.
    using Progress = std::function<void()>;

    Response answer(const UnlockRequest& request, const Progress& progress);
    Response answer(const Locked& locked, const Progress& progress);
    Response answer(const NewKeysRequest& request, const Progress& progress);
    Response answer(const DeleteKeysRequest& request, const Progress& progress);
    Response answer(const InitMasterRequest& request, const Progress& progress);
    Response answer(const SetLevelRequest& request, const Progress& progress);
    Response answer(const LogsRequest& request, const Progress& progress);

    /// Locks the keys of the request and returns those that were unlocked. Does not block: any thread.
    std::vector<KeyRing::Key> remove_keys(const LockRequest& request);

private:
    KeyResult unlock(const std::string& id, const keystore::Kek& kek);
    NewKeyResult create(const std::string& id, keystore::Curve curve, const keystore::Kek& kek);
    KeyResult remove(const std::string& id, const keystore::Kek& kek);
    static void rest(keystore::OpenKey& key);

    keystore::Store& store_;
    KeyRing& keys_;
    const LogTail& log_;
};

}  // namespace revenant::gadget
