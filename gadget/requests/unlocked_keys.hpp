#pragma once

#include <memory>
#include <vector>

#include "common/service/notify.hpp"
#include "gadget/keystore/store.hpp"
#include "gadget/requests/key_ring.hpp"

namespace revenant::gadget {

/// The keys left unlocked by the previous process, if a service manager kept them; and, if `keep` is set and there is a
/// service manager, the memory that passes this process's keys to the next. Blocks: start-up only.
struct UnlockedKeys {
    std::unique_ptr<keystore::Handover> handover;  // null: keys are locked after a crash
    std::vector<KeyRing::Key> keys;
};
UnlockedKeys take_over_unlocked_keys(std::vector<service::StoredFd>& stored, keystore::Store& store, bool keep);

}  // namespace revenant::gadget
