#pragma once

#include "common/wire/message.hpp"
#include "gadget/keystore/store.hpp"
#include "gadget/requests/key_ring.hpp"

namespace revenant::gadget {

/// All keys with their marks; locked keys with their identity only. Never blocks on the disk; any thread.
StatusResponse describe_keys(const keystore::Store& store, const KeyRing& keys);

}  // namespace revenant::gadget
