#pragma once

#include <cstdint>
#include <span>

#include "common/core/secret.hpp"
#include "gadget/crypto/signing_key.hpp"

/// Key derivation by public standards: other libraries compute the same keys from the seed. Intermediate values are
/// wiped. Any thread.
namespace revenant::gadget::keystore {

/// One of the schemes hardens the index, so it must be below 2^31.
inline constexpr std::uint32_t max_derivation_index = 0x7fff'ffff;

/// Derives the key with this index: tz4 at m/12381/1729/0/0/index by EIP-2333, tz1 at m/44'/1729'/index'/0' by
/// SLIP-0010. `seed` must have at least 32 bytes. Throws std::invalid_argument for a shorter seed or an index above
/// max_derivation_index.
SigningKey derive(const Secret& seed, tezos::Curve curve, std::uint32_t index);

/// EIP-2333 below the master key of `seed` (32 bytes or more, else std::invalid_argument): the scalar at `path`, 32
/// bytes little endian. An empty path is the master key.
Secret eip2333_scalar(const Secret& seed, std::span<const std::uint32_t> path);

/// SLIP-0010 for Ed25519 below the master key of `seed` (16 bytes or more, else std::invalid_argument): the 32-byte
/// Ed25519 seed at `path`. Every step is hardened: path elements are given without the hardening bit, each at most
/// max_derivation_index.
Secret slip10_ed25519_seed(const Secret& seed, std::span<const std::uint32_t> path);

}  // namespace revenant::gadget::keystore
