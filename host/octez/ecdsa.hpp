#pragma once

#include <cstdint>

#include "common/core/bytes.hpp"
#include "common/tezos/curve.hpp"

/// ECDSA verification with clients' keys. Stateless: any thread.
namespace revenant::host::serve {

enum class EcdsaCurve : std::uint8_t { secp256k1, p256 };

/// Whether these are the 33 bytes of a compressed point of the curve.
bool is_ecdsa_key(EcdsaCurve curve, ByteView public_key);

/// Whether `signature` (r and s, 32 bytes each, big endian) is a valid signature of `hash` by `public_key`, by the
/// rules of Octez. Returns false for malformed input.
bool verify_ecdsa(EcdsaCurve curve, ByteView public_key, const tezos::Hash32& hash, ByteView signature);

}  // namespace revenant::host::serve
