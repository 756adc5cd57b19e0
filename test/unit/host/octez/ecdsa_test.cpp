#include "host/octez/ecdsa.hpp"

#include <map>

#include <gtest/gtest.h>

#include "common/tezos/base58.hpp"
#include "common/tezos/verify.hpp"
#include "host/octez/client_keys.hpp"
#include "test/support/basics/vectors.hpp"

namespace revenant::host::serve {
namespace {

using test::text_of;
using test::unhex;

constexpr auto order_of_secp256k1 = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141",
               order_of_p256 = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";

struct Ecdsa {
    EcdsaCurve curve;
    Bytes public_key;
    tezos::Hash32 hash;
    Bytes signature;
};

/// Signatures by @taquito/signer with both curves.
std::vector<Ecdsa> worked_ones() {
    const auto all = test::vectors("client-authentication.json");
    const std::map<std::string, EcdsaCurve> curves{{"secp256k1", EcdsaCurve::secp256k1}, {"p256", EcdsaCurve::p256}};
    std::vector<Ecdsa> list;
    for (const auto& key : test::list_of(all, "keys"))
        for (const auto& one : test::list_of(all, "authentications"))
            if (const auto name = text_of(one, "client"); name == text_of(key, "curve") && curves.contains(name))
                list.push_back({curves.at(name), parse_client_key(text_of(key, "public_key")).value().bytes,
                                tezos::blake2b_256(unhex(text_of(one, "bytes"))),
                                parse_client_signature(text_of(one, "signature")).value().bytes});
    return list;
}

bool holds(const Ecdsa& e) {
    return verify_ecdsa(e.curve, e.public_key, e.hash, e.signature);
}

/// Replaces r or s by these 32 bytes.
Ecdsa with_number(Ecdsa e, std::ptrdiff_t at, const Bytes& number) {
    std::ranges::copy(number, e.signature.begin() + at);
    return e;
}

TEST(ecdsa, any_changed_bit_invalidates) {
    ASSERT_EQ(worked_ones().size(), 8U);
    for (const auto& e : worked_ones()) {
        EXPECT_TRUE(holds(e));
        for (std::size_t at = 0; at < 64 * 8; ++at) {
            auto changed = e;
            changed.signature[at / 8] ^= static_cast<std::uint8_t>(1U << at % 8);
            EXPECT_FALSE(holds(changed)) << "bit " << at;
        }
        for (std::size_t at = 0; at < 32 * 8; at += 7) {
            auto changed = e;
            changed.hash[at / 8] ^= static_cast<std::uint8_t>(1U << at % 8);
            EXPECT_FALSE(holds(changed)) << "bit " << at << " of the hash";
        }
        for (std::size_t at = 0; at < 33 * 8; at += 5) {
            auto changed = e;
            changed.public_key[at / 8] ^= static_cast<std::uint8_t>(1U << at % 8);
            EXPECT_FALSE(holds(changed)) << "bit " << at << " of the key";
        }
    }
}

TEST(ecdsa, scalars_out_of_range_are_rejected) {
    for (const auto& e : worked_ones()) {
        const auto order = unhex(e.curve == EcdsaCurve::secp256k1 ? order_of_secp256k1 : order_of_p256);
        for (const auto& number : {Bytes(32, 0x00), Bytes(32, 0xff), order})
            for (const std::ptrdiff_t at : {0, 32})
                EXPECT_FALSE(holds(with_number(e, at, number)));
        EXPECT_FALSE(holds(with_number(with_number(e, 0, Bytes(32)), 32, Bytes(32))));
    }
}

TEST(ecdsa, wrong_size_or_curve_is_rejected) {
    for (const auto& e : worked_ones()) {
        auto other = e;
        other.curve = e.curve == EcdsaCurve::p256 ? EcdsaCurve::secp256k1 : EcdsaCurve::p256;
        EXPECT_FALSE(holds(other));
        for (const std::size_t size : {0U, 32U, 63U, 65U, 96U}) {
            auto changed = e;
            changed.signature.resize(size);
            EXPECT_FALSE(holds(changed)) << size;
        }
        for (const std::size_t size : {0U, 1U, 32U, 34U, 65U}) {
            auto changed = e;
            changed.public_key.resize(size);
            EXPECT_FALSE(holds(changed)) << size;
            EXPECT_FALSE(is_ecdsa_key(e.curve, changed.public_key)) << size;
        }
    }
}

TEST(ecdsa, key_is_a_compressed_curve_point) {
    for (const auto& e : worked_ones()) {
        EXPECT_TRUE(is_ecdsa_key(e.curve, e.public_key));
        for (const auto form : {0x00, 0x01, 0x04, 0x05, 0x06, 0x07, 0xff}) {
            auto changed = e.public_key;
            changed[0] = static_cast<std::uint8_t>(form);
            EXPECT_FALSE(is_ecdsa_key(e.curve, changed)) << form;
        }
        Bytes beyond(33, 0xff);  // x is not below the field's prime
        beyond[0] = 0x02;
        EXPECT_FALSE(is_ecdsa_key(e.curve, beyond));
    }
    // y^2 = x^3 + 7 has no solution for x = 5. As text with a correct checksum, ClientKeys rejects it.
    Bytes off_curve(33);
    off_curve[0] = 0x02;
    off_curve[32] = 0x05;
    EXPECT_FALSE(is_ecdsa_key(EcdsaCurve::secp256k1, off_curve));
    const auto text = tezos::base58::encode({{0x03, 0xfe, 0xe2, 0x56}, 33}, off_curve);
    ASSERT_TRUE(parse_client_key(text));
    try {
        const ClientKeys keys{text};
        ADD_FAILURE() << "accepted";
    } catch (const std::invalid_argument& refused) {
        EXPECT_NE(std::string{refused.what()}.find("not a point of its curve"), std::string::npos);
    }
}

}  // namespace
}  // namespace revenant::host::serve
