#include "common/tezos/payload.hpp"

#include <algorithm>
#include <utility>

namespace revenant::tezos {
namespace {

using Verdict = std::variant<Operation, BadPayload>;

constexpr std::size_t hash_size = 32;

std::uint32_t uint32_at(ByteView bytes, std::size_t at) {
    return static_cast<std::uint32_t>(bytes[at]) << 24 | static_cast<std::uint32_t>(bytes[at + 1]) << 16 |
           static_cast<std::uint32_t>(bytes[at + 2]) << 8 | static_cast<std::uint32_t>(bytes[at + 3]);
}

std::int32_t int32_at(ByteView bytes, std::size_t at) {
    return static_cast<std::int32_t>(uint32_at(bytes, at));
}

ChainId chain_of(ByteView bytes) {
    return {bytes[1], bytes[2], bytes[3], bytes[4]};
}

Verdict operation(Kind kind, ByteView bytes, std::int32_t level, std::int32_t round) {
    if (level < 0)
        return BadPayload{"its level is negative"};
    if (round < 0)
        return BadPayload{"its round is negative"};
    return Operation{kind, chain_of(bytes), level, round};
}

// ---- Blocks. Offsets of the header's fixed part:
constexpr std::size_t block_level = 5;
constexpr std::size_t fitness_size = 83;
constexpr std::size_t fitness_begin = 87;
constexpr std::size_t plain_fitness = 33;
constexpr std::size_t locked_fitness = 37;  // with the round in which the payload was locked

/// The parsed fitness, or why it is invalid.
struct Fitness {
    std::int32_t level = 0;
    std::int32_t round = 0;
    const char* wrong = nullptr;
};

/// Parses five fields, each preceded by its size: version (02), level, locked round (empty or 4 bytes), the
/// predecessor's round (stored as -1 - round), round. `bytes` is 33 or 37 bytes long.
Fitness parse_fitness(ByteView bytes) {
    const bool locked = bytes.size() == locked_fitness;
    const std::size_t predecessor = bytes.size() - 12;
    const std::size_t round = bytes.size() - 4;
    if (uint32_at(bytes, 0) != 1 || bytes[4] != 2)
        return {.wrong = "its fitness is not of version 2"};
    if (uint32_at(bytes, 5) != 4)
        return {.wrong = "the level in its fitness is not 4 bytes long"};
    if (uint32_at(bytes, 13) != (locked ? 4u : 0u))
        return {.wrong = "the locked round in its fitness does not fit the fitness' length"};
    if (locked && int32_at(bytes, 17) < 0)
        return {.wrong = "the locked round in its fitness is negative"};
    if (uint32_at(bytes, predecessor - 4) != 4)
        return {.wrong = "the predecessor's round in its fitness is not 4 bytes long"};
    if (int32_at(bytes, predecessor) >= 0)
        return {.wrong = "the predecessor's round in its fitness is negative"};
    if (uint32_at(bytes, round - 4) != 4)
        return {.wrong = "the round in its fitness is not 4 bytes long"};
    return {.level = int32_at(bytes, 9), .round = int32_at(bytes, round)};
}

Verdict block(ByteView bytes) {
    if (bytes.size() < fitness_begin)
        return BadPayload{"it is shorter than a block's header"};
    const std::size_t fitness_bytes = uint32_at(bytes, fitness_size);
    if (fitness_bytes != plain_fitness && fitness_bytes != locked_fitness)
        return BadPayload{"its fitness is neither 33 nor 37 bytes long"};
    const std::size_t context = fitness_begin + fitness_bytes;
    const std::size_t payload_round = context + 2 * hash_size;  // after the payload hash
    const std::size_t nonce_flag = payload_round + 4 + 8;       // after the proof-of-work nonce
    if (bytes.size() <= nonce_flag)
        return BadPayload{"it is shorter than a block's header"};
    const auto flag = bytes[nonce_flag];
    if (flag != 0x00 && flag != 0xff)
        return BadPayload{"its seed-nonce flag is neither 00 nor ff"};
    if (bytes.size() != nonce_flag + 1 + (flag == 0xff ? hash_size : 0) + 1)  // 1 byte of votes at the end
        return BadPayload{"its length is not that of a block's header"};

    const auto fitness = parse_fitness(bytes.subspan(fitness_begin, fitness_bytes));
    if (fitness.wrong != nullptr)
        return BadPayload{fitness.wrong};
    if (fitness.level != int32_at(bytes, block_level))
        return BadPayload{"the level in its fitness is not that of its header"};
    if (int32_at(bytes, payload_round) < 0)
        return BadPayload{"its payload round is negative"};
    return operation(Kind::block, bytes, fitness.level, fitness.round);
}

// ---- Preattestations and attestations: first byte, chain id 4, branch 32, then a tag and a content by curve.
constexpr std::size_t tag_at = 37;
constexpr std::uint8_t dal_tag = 0x17;

struct Shape {
    std::uint8_t preattestation;
    std::uint8_t attestation;
    std::size_t level;  // offset; the round and the payload hash follow
    const char* wrong_size;
    [[nodiscard]] constexpr std::size_t size() const { return level + 4 + 4 + hash_size; }
};
constexpr Shape bls_shape{0x28, 0x29, 38, "a tz4 key signs preattestations and attestations of exactly 78 bytes"};
constexpr Shape ed25519_shape{0x14, 0x15, 40,
                              "a tz1 key signs preattestations and attestations without DAL of exactly 80 bytes"};
static_assert(bls_shape.size() == 78 && ed25519_shape.size() == 80);

/// Whether `bytes` are exactly one natural number in the protocol's variable-length encoding: seven bits per byte, the
/// high bit set on all but the last, and no redundant zero at the end.
bool is_natural(ByteView bytes) {
    const auto goes_on = [](std::uint8_t byte) { return (byte & 0x80) != 0; };
    if (goes_on(bytes.back()) || !std::ranges::all_of(bytes.first(bytes.size() - 1), goes_on))
        return false;
    return bytes.size() == 1 || bytes.back() != 0;
}

Verdict attestation_with_dal(ByteView bytes) {
    if (bytes.size() <= ed25519_shape.size())
        return BadPayload{"an attestation with DAL has at least 81 bytes"};
    if (bytes.size() > max_payload_size)
        return BadPayload{"it is longer than any attestation with DAL"};
    if (!is_natural(bytes.subspan(ed25519_shape.size())))
        return BadPayload{"its DAL bits are not a single number that ends with the payload"};
    return operation(Kind::attestation, bytes, int32_at(bytes, ed25519_shape.level),
                     int32_at(bytes, ed25519_shape.level + 4));
}

Verdict consensus(Kind kind, ByteView bytes, Curve curve) {
    if (bytes.size() <= tag_at)
        return BadPayload{"it ends before its operation's tag"};
    const auto tag = bytes[tag_at];
    if (curve == Curve::ed25519 && kind == Kind::attestation && tag == dal_tag)
        return attestation_with_dal(bytes);
    const auto& shape = curve == Curve::bls ? bls_shape : ed25519_shape;
    if (tag != (kind == Kind::preattestation ? shape.preattestation : shape.attestation))
        return BadPayload{"its operation's tag is not the one that goes with its first byte and this kind of key"};
    if (bytes.size() != shape.size())
        return BadPayload{shape.wrong_size};
    return operation(kind, bytes, int32_at(bytes, shape.level), int32_at(bytes, shape.level + 4));
}

}  // namespace

const char* name(Kind kind) {
    switch (kind) {
        case Kind::block:
            return "block";
        case Kind::preattestation:
            return "preattestation";
        case Kind::attestation:
            return "attestation";
    }
    return "unknown kind";
}

Verdict recognise(ByteView bytes, Curve curve) {
    if (bytes.empty())
        return BadPayload{"it is empty"};
    switch (bytes[0]) {
        case 0x11:
            return block(bytes);
        case 0x12:
            return consensus(Kind::preattestation, bytes, curve);
        case 0x13:
            return consensus(Kind::attestation, bytes, curve);
        default:
            return BadPayload{"its first byte is not that of a block, a preattestation or an attestation"};
    }
}

}  // namespace revenant::tezos
