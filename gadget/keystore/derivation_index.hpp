#pragma once

#include <cstdint>
#include <system_error>

#include "common/core/secret.hpp"
#include "gadget/disk/disk.hpp"
#include "gadget/disk/result.hpp"

/// The counter that gives every key of a deterministic store an index of its own, whatever its kind. Sealed under the
/// key-encryption key, so that damage is seen. Blocks: the management worker.
namespace revenant::gadget::keystore {

inline constexpr auto index_file = "index";

/// Makes the counter of a new store.
std::error_code start_index(Disk& disk, const Secret& kek);

/// The next index, spent durably before it is returned and never given back, not even when the key is not made: a
/// secret that came back with blank marks could sign twice. Causes: storage, corrupted, full.
Expected<std::uint32_t> spend_index(Disk& disk, const Secret& kek);

}  // namespace revenant::gadget::keystore
