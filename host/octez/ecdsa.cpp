#include "host/octez/ecdsa.hpp"

#include <algorithm>
#include <memory>

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>

namespace revenant::host::serve {
namespace {

constexpr std::size_t compressed_size = 33, scalar_size = 32;

// Half the order of secp256k1, rounded down (SEC 2, section 2.4.1).
constexpr tezos::Hash32 highest_s{0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                  0xff, 0xff, 0xff, 0xff, 0xff, 0x5d, 0x57, 0x6e, 0x73, 0x57, 0xa4,
                                  0x50, 0x1d, 0xdf, 0xe9, 0x2f, 0x46, 0x68, 0x1b, 0x20, 0xa0};

template <auto release>
struct Freed {
    template <typename Object>
    void operator()(Object* object) const {
        release(object);
    }
};
using Context = std::unique_ptr<EVP_PKEY_CTX, Freed<EVP_PKEY_CTX_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Number = std::unique_ptr<BIGNUM, Freed<BN_free>>;
using Signature = std::unique_ptr<ECDSA_SIG, Freed<ECDSA_SIG_free>>;

/// Returns null if the bytes are not a point of the curve. Both curves have prime order (cofactor 1), so every point is
/// in the group; infinity has no encoding of this size.
Key read_key(EcdsaCurve curve, ByteView public_key) {
    if (public_key.size() != compressed_size)
        return nullptr;
    auto* const name = const_cast<char*>(curve == EcdsaCurve::secp256k1 ? SN_secp256k1 : SN_X9_62_prime256v1);
    OSSL_PARAM parameters[] = {
        // OpenSSL only reads them
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, name, 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, const_cast<std::uint8_t*>(public_key.data()),
                                          public_key.size()),
        OSSL_PARAM_construct_end()};
    const Context context{EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr)};
    EVP_PKEY* key = nullptr;
    if (!context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters) != 1)
        return nullptr;
    return Key{key};
}

/// Encodes r and s in DER for OpenSSL; empty if out of memory.
Bytes der(ByteView signature) {
    const auto number = [&](std::size_t at) {
        return Number{BN_bin2bn(signature.data() + at, static_cast<int>(scalar_size), nullptr)};
    };
    const Signature pair{ECDSA_SIG_new()};
    auto r = number(0), s = number(scalar_size);
    if (!pair || !r || !s || ECDSA_SIG_set0(pair.get(), r.get(), s.get()) != 1)
        return {};
    static_cast<void>(r.release());  // now owned by `pair`
    static_cast<void>(s.release());
    Bytes bytes(static_cast<std::size_t>(std::max(i2d_ECDSA_SIG(pair.get(), nullptr), 0)));
    auto* end = bytes.data();
    i2d_ECDSA_SIG(pair.get(), &end);
    return bytes;
}

/// (r, s) and (r, n - s) are both valid for the same bytes. Octez accepts both for P-256 (HACL* does not check) and
/// only the lower s for secp256k1: src/lib_crypto/secp256k1.ml calls secp256k1_ecdsa_verify of libsecp256k1, which
/// requires it (see its header), without secp256k1_ecdsa_signature_normalize before.
bool is_taken(EcdsaCurve curve, ByteView s) {
    return curve == EcdsaCurve::p256 || !std::ranges::lexicographical_compare(highest_s, s);
}

}  // namespace

bool is_ecdsa_key(EcdsaCurve curve, ByteView public_key) {
    return read_key(curve, public_key) != nullptr;
}

bool verify_ecdsa(EcdsaCurve curve, ByteView public_key, const tezos::Hash32& hash, ByteView signature) {
    if (signature.size() != 2 * scalar_size || !is_taken(curve, signature.last(scalar_size)))
        return false;
    const auto key = read_key(curve, public_key);
    if (!key)
        return false;
    const Context context{EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr)};
    const auto encoded = der(signature);
    return context && EVP_PKEY_verify_init(context.get()) == 1 &&
           EVP_PKEY_verify(context.get(), encoded.data(), encoded.size(), hash.data(), hash.size()) == 1;
}

}  // namespace revenant::host::serve
