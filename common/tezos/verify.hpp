#pragma once

#include <string_view>

#include "common/core/bytes.hpp"
#include "common/tezos/curve.hpp"

namespace revenant::tezos {

/// Domain separation tags of tz4 for messages and for proofs of possession (RFC 9380 suite, proof-of-possession scheme
/// of the BLS signature draft).
inline constexpr std::string_view bls_message_tag = "BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_";
inline constexpr std::string_view bls_proof_tag = "BLS_POP_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_";

/// Unkeyed BLAKE2b with 32 bytes of output. A tz1 key signs this hash of the message.
Hash32 blake2b_256(ByteView bytes);

/// Whether `signature` (raw) is a valid signature of `message` (raw, unhashed) by `public_key` (raw). Returns false for
/// malformed input: wrong sizes, points off the curve or outside the prime-order group, infinity. Any thread.
bool verify(Curve curve, ByteView public_key, ByteView message, ByteView signature);

/// Whether `proof` (raw) is the proof of possession of a tz4 key. Any thread.
bool verify_proof(ByteView public_key, ByteView proof);

}  // namespace revenant::tezos
