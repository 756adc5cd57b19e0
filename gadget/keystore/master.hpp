#pragma once

#include <array>
#include <variant>

#include "common/core/bytes.hpp"
#include "common/core/secret.hpp"
#include "gadget/crypto/kdf.hpp"
#include "gadget/disk/text_file.hpp"

namespace revenant::gadget::keystore {

inline constexpr auto master_file = "master.json";
inline constexpr std::size_t seed_size = 32;

/// The file master.json: how the passphrase is checked, and the seed of a deterministic store.
struct Master {
    bool deterministic = false;
    KdfCost cost;
    std::array<std::uint8_t, salt_size> salt{};
    Bytes verifier;     // sealed under the key-encryption key: opens with the right passphrase only
    Bytes sealed_seed;  // under the key-encryption key; empty unless deterministic

    /// With a random salt; verifier and seed are still to be sealed, under what derive_kek() makes of the salt.
    static Master make(bool deterministic, const KdfCost& cost);
    /// Seals the verifier, and a random seed when deterministic.
    void seal_under(const Secret& kek);

    [[nodiscard]] Bytes to_file() const;
    static std::variant<Master, FileFault> from_file(ByteView bytes);

    [[nodiscard]] Secret derive(const Secret& passphrase) const { return derive_kek(passphrase, salt, cost); }
    /// Whether `kek` comes from the right passphrase; false also when the file's public part was changed.
    [[nodiscard]] bool accepts(const Secret& kek) const;
    /// Empty when the blob is not authentic.
    [[nodiscard]] Secret seed(const Secret& kek) const;
};

}  // namespace revenant::gadget::keystore
