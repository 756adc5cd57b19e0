#pragma once

#include <memory>

#include "gadget/keystore/store.hpp"
#include "gadget/requests/key_ring.hpp"

namespace revenant::gadget {

/// The keys that the process before left unlocked, if a service manager kept them for us; and, where `keep` is set and
/// there is a manager, the memory in which ours will outlive us. Blocks: start-up only.
struct UnlockedKeys {
    std::unique_ptr<keystore::Handover> handover;  // null: a crash costs an unlock
    std::vector<KeyRing::Key> keys;
};
UnlockedKeys take_over_unlocked_keys(keystore::Store& store, bool keep);

}  // namespace revenant::gadget
