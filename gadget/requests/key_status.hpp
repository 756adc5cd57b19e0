#pragma once

#include "common/wire/message.hpp"
#include "gadget/keystore/store.hpp"
#include "gadget/requests/key_ring.hpp"
#include "gadget/requests/write_ahead.hpp"

namespace revenant::gadget {

/// All keys with their marks; locked keys with their identity only. Never blocks on the disk; event loop
/// thread.
StatusResponse describe_keys(const keystore::Store& store, const KeyRing& keys, const WriteAhead& write_ahead);

}  // namespace revenant::gadget
