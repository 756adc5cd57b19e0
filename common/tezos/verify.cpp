#include "common/tezos/verify.hpp"

#include <blst.h>
#include <sodium.h>

namespace revenant::tezos {
namespace {

bool verify_bls(ByteView public_key, ByteView message, ByteView signature, std::string_view tag) {
    blst_p1_affine key;
    blst_p2_affine point;
    if (blst_p1_uncompress(&key, public_key.data()) != BLST_SUCCESS ||
        blst_p2_uncompress(&point, signature.data()) != BLST_SUCCESS)
        return false;
    // Checks the group of both points and rejects an infinite key; an infinite signature is then valid for no key.
    return blst_core_verify_pk_in_g1(&key, &point, true, message.data(), message.size(),
                                     reinterpret_cast<const byte*>(tag.data()), tag.size(), nullptr, 0) == BLST_SUCCESS;
}

bool verify_ed25519(ByteView public_key, ByteView message, ByteView signature) {
    const auto hash = blake2b_256(message);
    return crypto_sign_ed25519_verify_detached(signature.data(), hash.data(), hash.size(), public_key.data()) == 0;
}

bool sizes_fit(Curve curve, ByteView public_key, ByteView signature) {
    return public_key.size() == public_key_size(curve) && signature.size() == signature_size(curve);
}

}  // namespace

Hash32 blake2b_256(ByteView bytes) {
    Hash32 hash;
    crypto_generichash_blake2b(hash.data(), hash.size(), bytes.data(), bytes.size(), nullptr, 0);
    return hash;
}

bool verify(Curve curve, ByteView public_key, ByteView message, ByteView signature) {
    if (!sizes_fit(curve, public_key, signature))
        return false;
    return curve == Curve::bls ? verify_bls(public_key, message, signature, bls_message_tag)
                               : verify_ed25519(public_key, message, signature);
}

bool verify_proof(ByteView public_key, ByteView proof) {
    return sizes_fit(Curve::bls, public_key, proof) && verify_bls(public_key, public_key, proof, bls_proof_tag);
}

}  // namespace revenant::tezos
