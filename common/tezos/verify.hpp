#pragma once

#include <string_view>

#include "common/core/bytes.hpp"
#include "common/tezos/curve.hpp"

namespace revenant::tezos {

/// The domain separation tags of tz4: for messages and for proofs of possession (RFC 9380 suite, proof-of-possession
/// scheme of the BLS signature draft).
inline constexpr std::string_view bls_message_tag = "BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_";
inline constexpr std::string_view bls_proof_tag = "BLS_POP_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_";

/// BLAKE2b with 32 bytes of output and no key: what a tz1 key signs in place of the message.
Hash32 blake2b_256(ByteView bytes);

/// Whether `signature` (raw) is one of `message` (raw, unhashed) by `public_key` (raw). False for anything malformed:
/// wrong sizes, points off the curve or outside the prime-order group, infinity. Any thread.
bool verify(Curve curve, ByteView public_key, ByteView message, ByteView signature);

/// Whether `proof` (raw) is a tz4 key's proof of possession of itself. Any thread.
bool verify_proof(ByteView public_key, ByteView proof);

}  // namespace revenant::tezos
