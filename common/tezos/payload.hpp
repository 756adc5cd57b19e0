#pragma once

#include <cstddef>
#include <cstdint>
#include <variant>

#include "common/core/bytes.hpp"
#include "common/tezos/curve.hpp"

namespace revenant::tezos {

/// The three kinds of operation that a baker signs; each has its own watermark.
enum class Kind : std::uint8_t { block, preattestation, attestation };
inline constexpr std::size_t kind_count = 3;

/// "block", "preattestation" or "attestation", for messages.
const char* name(Kind kind);

/// The operation in a payload. Level and round are never negative. A block's round is the last field of its fitness,
/// not the payload round.
struct Operation {
    Kind kind;
    ChainId chain;
    std::int32_t level;
    std::int32_t round;
    friend bool operator==(const Operation&, const Operation&) = default;
};

/// Why the bytes are not such an operation: one user-readable clause without a full stop, with static lifetime.
struct BadPayload {
    const char* reason;
};

/// Maximum size of a consensus operation in bytes; only an attestation with DAL has no exact size.
inline constexpr std::size_t max_payload_size = 512;

/// Parses the bytes that Tezos signs for a block, a preattestation or an attestation, in the layout of the key's curve.
/// Strict: exact length, tags and inner lengths. The bytes are untrusted. Stateless: any thread.
std::variant<Operation, BadPayload> recognise(ByteView bytes, Curve curve);

}  // namespace revenant::tezos
