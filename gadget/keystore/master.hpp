#pragma once

#include <array>
#include <optional>

#include "common/core/bytes.hpp"
#include "common/core/secret.hpp"
#include "gadget/keystore/kdf.hpp"

namespace revenant::keystore {

/// The file `master`: how the passphrase is checked, and the seed of a deterministic store.
struct Master {
    bool deterministic = false;
    KdfCost cost;
    std::array<std::uint8_t, salt_size> salt{};
    Bytes verifier;     // sealed under the key-encryption key: opens with the right passphrase only
    Bytes sealed_seed;  // under the key-encryption key; empty unless deterministic

    /// A new one with a random salt and seed; the key-encryption key comes out in `kek`.
    static Master make(bool deterministic, const Secret& passphrase, const KdfCost& cost);

    [[nodiscard]] Bytes to_file() const;
    /// Nothing when the bytes are not such a file, or of another version (which unknown_version() tells).
    static std::optional<Master> from_file(ByteView bytes);

    /// The key-encryption key, or empty when the passphrase is wrong.
    [[nodiscard]] Secret unlock(const Secret& passphrase) const;
    /// Empty when the blob is not authentic.
    [[nodiscard]] Secret seed(const Secret& kek) const;
};

}  // namespace revenant::keystore
