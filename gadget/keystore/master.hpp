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

/// The file master.json: the passphrase verifier, and the seed of a deterministic store.
struct Master {
    bool deterministic = false;
    KdfCost cost;
    std::array<std::uint8_t, salt_size> salt{};
    Bytes verifier;     // sealed with the key-encryption key: opens only with the right passphrase
    Bytes sealed_seed;  // sealed with the key-encryption key; empty unless deterministic

    /// Creates a master with a random salt; the caller then calls seal_under() with the key that derive_kek() computes
    /// from it.
    static Master make(bool deterministic, const KdfCost& cost);
    /// Seals the verifier, and a random seed when deterministic.
    void seal_under(const Secret& kek);

    [[nodiscard]] Bytes to_file() const;
    static std::variant<Master, FileFault> from_file(ByteView bytes);

    [[nodiscard]] Secret derive(const Secret& passphrase) const { return derive_kek(passphrase, salt, cost); }
    /// Whether `kek` comes from the right passphrase; also false when the file's clear-text members were changed.
    [[nodiscard]] bool accepts(const Secret& kek) const;
    /// Empty when the blob is not authentic.
    [[nodiscard]] Secret seed(const Secret& kek) const;
};

}  // namespace revenant::gadget::keystore
