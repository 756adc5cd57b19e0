#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace revenant::tezos {

/// The supported kinds of baker key: tz4 is BLS12-381 (public key in G1), tz1 is Ed25519.
enum class Curve : std::uint8_t { bls, ed25519 };

using ChainId = std::array<std::uint8_t, 4>;
using Hash32 = std::array<std::uint8_t, 32>;

/// Bytes of a secret of either kind: a BLS scalar (little endian) or an Ed25519 seed.
inline constexpr std::size_t secret_size = 32;

/// Bytes of a raw public key: tz4 compressed G1, tz1 as in RFC 8032.
constexpr std::size_t public_key_size(Curve curve) {
    return curve == Curve::bls ? 48 : 32;
}

/// Bytes of a raw signature: tz4 compressed G2, tz1 as in RFC 8032.
constexpr std::size_t signature_size(Curve curve) {
    return curve == Curve::bls ? 96 : 64;
}

}  // namespace revenant::tezos
