#pragma once

#include <cstdint>
#include <system_error>

#include "common/core/secret.hpp"
#include "gadget/disk/disk.hpp"
#include "gadget/disk/result.hpp"

/// The counter that gives every key of a deterministic store a unique index, whatever its kind. Sealed with the
/// key-encryption key, so that damage is detected. Blocks: management worker.
namespace revenant::gadget::keystore {

inline constexpr auto index_file = "index";

/// Creates the counter of a new store.
std::error_code start_index(Disk& disk, const Secret& kek);

/// Returns the next index. It is spent durably before this returns and is never reused, even if the key is not created:
/// a secret that came back with blank marks could sign twice. Causes: storage, corrupted, full.
Expected<std::uint32_t> spend_index(Disk& disk, const Secret& kek);

}  // namespace revenant::gadget::keystore
