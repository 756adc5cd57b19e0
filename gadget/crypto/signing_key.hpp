#pragma once

#include <string>

#include "common/core/bytes.hpp"
#include "common/core/secret.hpp"
#include "common/tezos/curve.hpp"

namespace revenant::gadget::keystore {

/// A private key. The secret never leaves guarded memory except in the wiped intermediates of one signature. Movable; a
/// moved-from key may only be destroyed or assigned. Requires that sodium_init() has succeeded.
class SigningKey {
public:
    /// From 32 bytes: a BLS scalar, little endian, or an Ed25519 seed. Throws std::invalid_argument when the size is
    /// wrong or the scalar is 0 or not below the group order.
    SigningKey(tezos::Curve curve, Secret secret);

    /// A new key from the system's random generator.
    static SigningKey random(tezos::Curve curve);

    [[nodiscard]] tezos::Curve curve() const noexcept { return curve_; }
    /// Raw: 48 bytes (tz4, compressed G1) or 32 (tz1).
    [[nodiscard]] const Bytes& public_key() const noexcept { return public_key_; }
    /// tz4... or tz1...
    [[nodiscard]] const std::string& address() const noexcept { return address_; }

    /// Returns the raw signature of the raw message: tz4 96 bytes (compressed G2) over the message itself, tz1 64 bytes
    /// over its BLAKE2b-256. Deterministic. Does not check the watermark: the caller must have done so. Any thread,
    /// concurrently.
    [[nodiscard]] Bytes sign(ByteView message) const;

    /// tz4: 96 bytes that prove possession of the secret; tz1: empty, the scheme has none. Any thread, concurrently.
    [[nodiscard]] Bytes prove_possession() const;

    /// The 32 bytes this key was created from, for sealing.
    [[nodiscard]] const Secret& secret() const noexcept { return secret_; }

private:
    tezos::Curve curve_;
    Secret secret_;
    Bytes public_key_;
    std::string address_;
};

}  // namespace revenant::gadget::keystore
