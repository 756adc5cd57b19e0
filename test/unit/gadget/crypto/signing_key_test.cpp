#include "gadget/crypto/signing_key.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <sodium.h>

#include "common/tezos/base58.hpp"
#include "common/tezos/text.hpp"
#include "common/tezos/verify.hpp"
#include "test/support/basics/vectors.hpp"

namespace revenant::gadget::keystore {
namespace {

using test::secret_of;
using test::text_of;
using test::unhex;
using tezos::Curve;

constexpr std::array curves{Curve::bls, Curve::ed25519};

std::string little_endian(std::string_view big_endian) {
    auto bytes = unhex(big_endian);
    std::ranges::reverse(bytes);
    return test::hex(bytes);
}

TEST(signing_key, tz4_key_matches_worked_example) {
    const auto all = test::vectors("tezos-signing.json");
    const auto expected = all.at("key");
    const SigningKey key{Curve::bls, secret_of(text_of(expected, "secret_little_endian"))};
    EXPECT_EQ(key.curve(), Curve::bls);
    EXPECT_EQ(test::hex(key.public_key()), text_of(expected, "public_key"));
    EXPECT_EQ(key.address(), text_of(expected, "address"));
    EXPECT_EQ(tezos::signature_text(Curve::bls, key.prove_possession()), text_of(expected, "proof_of_possession"));
    EXPECT_EQ(test::hex(key.secret()), text_of(expected, "secret_little_endian"));
    const auto text = tezos::base58::decode(tezos::base58::bls_secret_key, text_of(expected, "BLsk"));
    EXPECT_EQ(text, unhex(text_of(expected, "secret_little_endian")));

    for (const auto& payload : test::list_of(all, "payloads")) {
        const auto signature = key.sign(unhex(text_of(payload, "bytes")));
        EXPECT_EQ(tezos::signature_text(Curve::bls, signature), text_of(payload, "signature"));
        if (payload.as_object().contains("signature_raw")) {
            EXPECT_EQ(test::hex(signature), text_of(payload, "signature_raw"));
        }
    }
}

TEST(signing_key, tz1_key_matches_worked_example) {
    const auto all = test::vectors("tezos-signing-tz1.json");
    const auto expected = all.at("key");
    const SigningKey key{Curve::ed25519, secret_of(text_of(expected, "seed"))};
    EXPECT_EQ(key.curve(), Curve::ed25519);
    EXPECT_EQ(tezos::public_key_text(Curve::ed25519, key.public_key()), text_of(expected, "edpk"));
    EXPECT_EQ(key.address(), text_of(expected, "address"));
    EXPECT_TRUE(key.prove_possession().empty());
    EXPECT_EQ(test::hex(key.secret()), text_of(expected, "seed"));
    const auto text = tezos::base58::decode(tezos::base58::ed25519_seed, text_of(expected, "edsk"));
    EXPECT_EQ(text, unhex(text_of(expected, "seed")));
    for (const auto& payload : test::list_of(all, "payloads"))
        EXPECT_EQ(tezos::signature_text(Curve::ed25519, key.sign(unhex(text_of(payload, "bytes")))),
                  text_of(payload, "signature"));
}

TEST(signing_key, ed25519_matches_rfc_8032) {
    const auto all = test::vectors("rfc8032-ed25519.json");
    for (const auto& entry : test::list_of(all, "vectors")) {
        const SigningKey key{Curve::ed25519, secret_of(text_of(entry, "seed"))};
        EXPECT_EQ(test::hex(key.public_key()), text_of(entry, "public"));
        // SigningKey signs a hash; the standard's signatures are over the message itself, so they test the linked
        // library.
        auto secret = unhex(text_of(entry, "seed") + text_of(entry, "public"));
        const auto message = unhex(text_of(entry, "message"));
        Bytes signature(64);
        crypto_sign_ed25519_detached(signature.data(), nullptr, message.data(), message.size(), secret.data());
        EXPECT_EQ(test::hex(signature), text_of(entry, "signature"));
    }
}

TEST(signing_key, tz4_invalid_scalar_throws) {
    const auto refused = [](std::string_view big_endian) {
        EXPECT_THROW(SigningKey(Curve::bls, secret_of(little_endian(big_endian))), std::invalid_argument) << big_endian;
    };
    refused("0000000000000000000000000000000000000000000000000000000000000000");
    refused("73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001");  // the group order
    refused("73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000002");
    refused("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff");
    for (const auto* allowed : {"0000000000000000000000000000000000000000000000000000000000000001",
                                "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000000"}) {
        const SigningKey key{Curve::bls, secret_of(little_endian(allowed))};
        EXPECT_TRUE(tezos::verify_proof(key.public_key(), key.prove_possession())) << allowed;
    }
}

TEST(signing_key, secret_of_wrong_size_throws) {
    for (const auto curve : curves)
        for (const std::size_t size : {1u, 31u, 33u, 64u})
            EXPECT_THROW(SigningKey(curve, secret_of(std::string(size * 2, '1'))), std::invalid_argument) << size;
    EXPECT_THROW(SigningKey(Curve::bls, Secret{}), std::invalid_argument);
}

TEST(signing_key, random_keys_are_distinct_and_sign) {
    ASSERT_GE(sodium_init(), 0);
    const auto message = unhex("13b3d79f99");
    for (const auto curve : curves) {
        const auto one = SigningKey::random(curve);
        const auto other = SigningKey::random(curve);
        EXPECT_NE(one.address(), other.address());
        EXPECT_NE(test::hex(one.secret()), test::hex(other.secret()));
        EXPECT_EQ(tezos::curve_of_address(one.address()), curve);
        const auto signature = one.sign(message);
        EXPECT_TRUE(tezos::verify(curve, one.public_key(), message, signature));
        EXPECT_FALSE(tezos::verify(curve, other.public_key(), message, signature));
        EXPECT_FALSE(tezos::verify(curve, one.public_key(), unhex("13b3d79f98"), signature));
    }
}

TEST(signing_key, random_tz4_secrets_cover_the_group) {
    ASSERT_GE(sodium_init(), 0);
    std::array<int, 8> drawn{};  // by the highest four bits; the group order begins with 7
    for (int turn = 0; turn < 200; ++turn) {
        const auto key = SigningKey::random(Curve::bls);
        const Secret::Reader reader{key.secret()};
        ++drawn.at(reader.bytes().back() >> 4);
    }
    for (int highest = 0; highest < 7; ++highest)
        EXPECT_GT(drawn.at(static_cast<std::size_t>(highest)), 0) << highest;  // fails by chance once in 10^12 runs
}

TEST(signing_key, empty_message_is_signed) {
    ASSERT_GE(sodium_init(), 0);
    for (const auto curve : curves) {
        const auto key = SigningKey::random(curve);
        EXPECT_TRUE(tezos::verify(curve, key.public_key(), {}, key.sign({})));
    }
}

TEST(signing_key, concurrent_signatures_are_identical) {
    ASSERT_GE(sodium_init(), 0);
    const auto message = unhex("13b3d79f99");
    for (const auto curve : curves) {
        const auto key = SigningKey::random(curve);
        const auto expected = key.sign(message);
        std::array<bool, 4> wrong{};
        std::vector<std::thread> threads;
        for (auto& bad : wrong)
            threads.emplace_back([&] {
                for (int turn = 0; turn < 10; ++turn)
                    bad = bad || key.sign(message) != expected;
            });
        for (auto& thread : threads)
            thread.join();
        EXPECT_EQ(wrong, (std::array<bool, 4>{}));
    }
}

TEST(signing_key, moved_key_signs) {
    ASSERT_GE(sodium_init(), 0);
    auto key = SigningKey::random(Curve::bls);
    const auto before = key.sign(unhex("12"));
    const auto moved = std::move(key);
    EXPECT_EQ(moved.sign(unhex("12")), before);
    key = SigningKey::random(Curve::ed25519);
    EXPECT_EQ(key.curve(), Curve::ed25519);
}

}  // namespace
}  // namespace revenant::gadget::keystore
