#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>

#include "common/core/bytes.hpp"
#include "common/core/secret.hpp"

namespace revenant::gadget::keystore {

/// Cost parameters of Argon2id; recorded in the store.
struct KdfCost {
    std::uint32_t passes = 2;
    std::size_t memory = std::size_t{64} << 20;  // bytes
    friend bool operator==(const KdfCost&, const KdfCost&) = default;
};

/// How init() chooses the cost: as many passes as fit within `limit` on this device.
struct KdfSettings {
    std::size_t memory = KdfCost{}.memory;
    std::uint32_t fewest_passes = 2;
    std::uint32_t max_passes = 4;
    std::chrono::milliseconds limit{1500};
    std::function<std::chrono::milliseconds()> clock;  // for the measurement; empty: CLOCK_MONOTONIC
};

inline constexpr std::size_t salt_size = 16;

/// Whether a store may use this cost: bounds the work that a damaged file can cause.
bool is_sane(const KdfCost& cost);

/// Derives the 32-byte key-encryption key from the passphrase: Argon2id of libsodium, one lane. Blocks for up to 1.5 s
/// and needs cost.memory bytes: never run two at a time. `salt` must have salt_size bytes. Throws std::bad_alloc when
/// the memory is not available.
Secret derive_kek(const Secret& passphrase, ByteView salt, const KdfCost& cost);

/// Measures this device with one derivation at the fewest passes; time is proportional to passes.
KdfCost choose_cost(const KdfSettings& settings);

}  // namespace revenant::gadget::keystore
