#include "gadget/crypto/signing_key.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string_view>
#include <utility>

#include <blst.h>
#include <sodium.h>

#include "common/tezos/text.hpp"
#include "common/tezos/verify.hpp"
#include "gadget/crypto/zeroizing.hpp"

namespace revenant::gadget::keystore {
namespace {

using tezos::Curve;

/// The secret as a blst scalar, in place (32 little-endian bytes): a copy would have to be wiped.
const blst_scalar& as_scalar(std::span<const std::uint8_t> secret) {
    static_assert(sizeof(blst_scalar) == tezos::secret_size && alignof(blst_scalar) == 1);
    return *reinterpret_cast<const blst_scalar*>(secret.data());
}

Bytes bls_public_key(std::span<const std::uint8_t> secret) {
    if (!blst_sk_check(&as_scalar(secret)))
        throw std::invalid_argument{"invalid tz4 secret key: the scalar is zero or not below the group order"};
    blst_p1 point;
    blst_sk_to_pk_in_g1(&point, &as_scalar(secret));
    Bytes compressed(tezos::public_key_size(Curve::bls));
    blst_p1_compress(compressed.data(), &point);
    return compressed;
}

Bytes ed25519_public_key(std::span<const std::uint8_t> seed) {
    Bytes public_key(crypto_sign_ed25519_PUBLICKEYBYTES);
    Zeroizing<std::array<std::uint8_t, crypto_sign_ed25519_SECRETKEYBYTES>> expanded;
    crypto_sign_ed25519_seed_keypair(public_key.data(), expanded.value.data(), seed.data());
    return public_key;
}

Bytes public_key_of(Curve curve, const Secret& secret) {
    if (secret.size() != tezos::secret_size)
        throw std::invalid_argument{"invalid secret key: expected 32 bytes"};
    const Secret::Reader reader{secret};
    return curve == Curve::bls ? bls_public_key(reader.bytes()) : ed25519_public_key(reader.bytes());
}

Bytes sign_bls(const Secret& secret, ByteView message, std::string_view tag) {
    blst_p2 hashed;
    blst_hash_to_g2(&hashed, message.data(), message.size(), reinterpret_cast<const byte*>(tag.data()), tag.size(),
                    nullptr, 0);
    blst_p2 point;
    {
        const Secret::Reader reader{secret};
        blst_sign_pk_in_g1(&point, &hashed, &as_scalar(reader.bytes()));
    }
    Bytes signature(tezos::signature_size(Curve::bls));
    blst_p2_compress(signature.data(), &point);
    return signature;
}

Bytes sign_ed25519(const Secret& seed, ByteView public_key, ByteView message) {
    const auto hash = tezos::blake2b_256(message);
    // libsodium's format of the secret: the seed, then the public key.
    Zeroizing<std::array<std::uint8_t, crypto_sign_ed25519_SECRETKEYBYTES>> expanded;
    {
        const Secret::Reader reader{seed};
        const auto rest = std::ranges::copy(reader.bytes(), expanded.value.begin()).out;
        std::ranges::copy(public_key, rest);
    }
    Bytes signature(tezos::signature_size(Curve::ed25519));
    crypto_sign_ed25519_detached(signature.data(), nullptr, hash.data(), hash.size(), expanded.value.data());
    return signature;
}

}  // namespace

SigningKey::SigningKey(Curve curve, Secret secret)
    : curve_{curve},
      secret_{std::move(secret)},
      public_key_{public_key_of(curve, secret_)},
      address_{tezos::address(curve, public_key_)} {}

SigningKey SigningKey::random(Curve curve) {
    const auto fill = [curve](std::span<std::uint8_t> into) {
        do {
            randombytes_buf(into.data(), into.size());
            if (curve == Curve::bls)
                into.back() &= 0x7f;  // the group order has 255 bits: fewer retries, still uniform
        } while (curve == Curve::bls && !blst_sk_check(&as_scalar(into)));
    };
    return {curve, Secret{tezos::secret_size, fill}};
}

Bytes SigningKey::sign(ByteView message) const {
    return curve_ == Curve::bls ? sign_bls(secret_, message, tezos::bls_message_tag)
                                : sign_ed25519(secret_, public_key_, message);
}

Bytes SigningKey::prove_possession() const {
    return curve_ == Curve::bls ? sign_bls(secret_, public_key_, tezos::bls_proof_tag) : Bytes{};
}

}  // namespace revenant::gadget::keystore
