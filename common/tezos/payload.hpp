#pragma once

#include <cstddef>
#include <cstdint>
#include <variant>

#include "common/core/bytes.hpp"
#include "common/tezos/curve.hpp"

namespace revenant::tezos {

/// The three things that a baker signs and that a watermark guards one by one.
enum class Kind : std::uint8_t { block, preattestation, attestation };
inline constexpr std::size_t kind_count = 3;

/// "block", "preattestation" or "attestation", for messages to a person.
const char* name(Kind kind);

/// Whom a payload concerns. Level and round are never negative. A block's round is the last of its fitness, not the
/// payload round.
struct Operation {
    Kind kind;
    ChainId chain;
    std::int32_t level;
    std::int32_t round;
    friend bool operator==(const Operation&, const Operation&) = default;
};

/// Why the bytes are not such an operation: one clause for a person, without a full stop; lives for ever.
struct BadPayload {
    const char* reason;
};

/// No consensus operation is longer (bytes); only an attestation with DAL has no exact size.
inline constexpr std::size_t max_payload_size = 512;

/// Recognises the bytes that Tezos signs for a block, a preattestation or an attestation, in the shape that goes with
/// the key's curve, strictly: exact length, tags and inner lengths. The bytes may come from anyone. No state: any
/// thread.
std::variant<Operation, BadPayload> recognise(ByteView bytes, Curve curve);

}  // namespace revenant::tezos
