#include "common/tezos/verify.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <stdexcept>
#include <string>

#include <blst.h>
#include <gtest/gtest.h>

#include "common/tezos/text.hpp"
#include "test/support/basics/vectors.hpp"

namespace revenant::tezos {
namespace {

using test::text_of;
using test::unhex;

struct Example {
    Curve curve;
    Bytes public_key;
    Bytes message;
    Bytes signature;
};

Example example(const char* file, Curve curve) {
    const auto all = test::vectors(file);
    const auto payload = test::list_of(all, "payloads").front();
    const auto key = parse_public_key(text_of(all.at("key"), curve == Curve::bls ? "BLpk" : "edpk"));
    const auto signature = parse_signature(text_of(payload, "signature"));
    return {curve, key.value().bytes, unhex(text_of(payload, "bytes")), signature.value().bytes};
}

std::array<Example, 2> examples() {
    return {example("tezos-signing.json", Curve::bls), example("tezos-signing-tz1.json", Curve::ed25519)};
}

bool holds(const Example& e) {
    return verify(e.curve, e.public_key, e.message, e.signature);
}

TEST(verify, test_vector_signatures_are_valid) {
    for (const auto& e : examples())
        EXPECT_TRUE(holds(e));
}

TEST(verify, any_changed_bit_is_rejected) {
    for (const auto& e : examples())
        for (const auto part : {&Example::signature, &Example::message, &Example::public_key})
            for (std::size_t at = 0; at < (e.*part).size(); ++at) {
                auto changed = e;
                (changed.*part)[at] ^= static_cast<std::uint8_t>(1u << at % 8);
                EXPECT_FALSE(holds(changed)) << "byte " << at;
            }
}

TEST(verify, wrong_size_or_curve_is_rejected) {
    for (const auto& e : examples()) {
        for (const auto part : {&Example::signature, &Example::public_key}) {
            auto changed = e;
            (changed.*part).pop_back();
            EXPECT_FALSE(holds(changed));
            changed = e;
            (changed.*part).push_back(0);
            EXPECT_FALSE(holds(changed));
            changed = e;
            (changed.*part).clear();
            EXPECT_FALSE(holds(changed));
        }
        auto other = e;
        other.curve = e.curve == Curve::bls ? Curve::ed25519 : Curve::bls;
        EXPECT_FALSE(holds(other));
    }
}

TEST(verify, uncompressed_point_flag_is_rejected) {
    for (const auto part : {&Example::signature, &Example::public_key}) {
        auto e = examples()[0];
        ASSERT_TRUE(holds(e));  // leaves valid points on the stack, to expose a missing check
        (e.*part)[0] ^= 0x80;
        EXPECT_FALSE(holds(e));
    }
}

TEST(verify, infinity_is_rejected) {
    auto e = examples()[0];
    Bytes infinite_key(48);
    infinite_key[0] = 0xc0;
    Bytes infinite_signature(96);
    infinite_signature[0] = 0xc0;
    EXPECT_FALSE(verify(Curve::bls, infinite_key, e.message, infinite_signature));
    EXPECT_FALSE(verify(Curve::bls, e.public_key, e.message, infinite_signature));
    EXPECT_FALSE(verify(Curve::bls, infinite_key, e.message, e.signature));
    EXPECT_FALSE(verify_proof(infinite_key, infinite_signature));
}

/// The group order r, big endian.
Bytes order() {
    return unhex("73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001");
}

/// Multiplies by r bit by bit: blst's own multiplication is only correct inside the group.
template <typename Point, typename Double, typename Add>
Point times_order(const Point& point, Double twice, Add plus) {
    Point sum{};
    for (const auto byte : order())
        for (int bit = 7; bit >= 0; --bit) {
            twice(&sum, &sum);
            if ((byte >> bit & 1) != 0)
                plus(&sum, &sum, &point);
        }
    return sum;
}

TEST(verify, signature_outside_group_is_rejected) {
    auto e = examples()[0];
    blst_p2_affine affine;
    Bytes candidate(96);
    candidate[0] = 0x80;
    do
        ++candidate[95];
    while (blst_p2_uncompress(&affine, candidate.data()) != BLST_SUCCESS || blst_p2_affine_in_g2(&affine));
    blst_p2 outside;
    blst_p2_from_affine(&outside, &affine);
    const auto invisible = times_order(outside, blst_p2_double, blst_p2_add_or_double);
    ASSERT_FALSE(blst_p2_is_inf(&invisible));

    ASSERT_EQ(blst_p2_uncompress(&affine, e.signature.data()), BLST_SUCCESS);
    blst_p2 sum;
    blst_p2_from_affine(&sum, &affine);
    blst_p2_add_or_double(&sum, &sum, &invisible);
    blst_p2_compress(e.signature.data(), &sum);
    EXPECT_FALSE(holds(e));

    // Confirms the cause: verify() relies on this function for the group check.
    blst_p1_affine key;
    ASSERT_EQ(blst_p1_uncompress(&key, e.public_key.data()), BLST_SUCCESS);
    ASSERT_EQ(blst_p2_uncompress(&affine, e.signature.data()), BLST_SUCCESS);
    EXPECT_EQ(blst_core_verify_pk_in_g1(&key, &affine, true, e.message.data(), e.message.size(),
                                        reinterpret_cast<const byte*>(bls_message_tag.data()), bls_message_tag.size(),
                                        nullptr, 0),
              BLST_POINT_NOT_IN_GROUP);
}

// Adds to a valid key a point of another order, which the pairing ignores: without the group check a signature would be
// valid under many keys.
TEST(verify, key_outside_group_is_rejected) {
    auto e = examples()[0];
    blst_p1_affine affine;
    Bytes candidate(48);
    candidate[0] = 0x80;
    do
        ++candidate[47];
    while (blst_p1_uncompress(&affine, candidate.data()) != BLST_SUCCESS || blst_p1_affine_in_g1(&affine));
    blst_p1 outside;
    blst_p1_from_affine(&outside, &affine);
    const auto invisible = times_order(outside, blst_p1_double, blst_p1_add_or_double);
    ASSERT_FALSE(blst_p1_is_inf(&invisible));

    ASSERT_EQ(blst_p1_uncompress(&affine, e.public_key.data()), BLST_SUCCESS);
    blst_p1 sum;
    blst_p1_from_affine(&sum, &affine);
    blst_p1_add_or_double(&sum, &sum, &invisible);
    blst_p1_compress(e.public_key.data(), &sum);
    EXPECT_FALSE(holds(e));
}

TEST(verify, proof_and_signature_are_distinct) {
    const auto all = test::vectors("tezos-signing.json");
    const auto key = parse_public_key(text_of(all.at("key"), "BLpk")).value().bytes;
    const auto proof = parse_signature(text_of(all.at("key"), "proof_of_possession")).value().bytes;
    EXPECT_TRUE(verify_proof(key, proof));
    EXPECT_FALSE(verify(Curve::bls, key, key, proof));
    EXPECT_FALSE(verify_proof(key, examples()[0].signature));
    EXPECT_FALSE(verify_proof(key, ByteView{proof}.first(95)));
}

TEST(verify, blake2b_has_32_byte_output) {
    EXPECT_EQ(test::hex(blake2b_256({})), "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
}

TEST(text, test_vector_keys_give_addresses) {
    const auto tz4 = test::vectors("tezos-signing.json").at("key");
    const auto public_key = unhex(text_of(tz4, "public_key"));
    EXPECT_EQ(public_key_text(Curve::bls, public_key), text_of(tz4, "BLpk"));
    EXPECT_EQ(address(Curve::bls, public_key), text_of(tz4, "address"));

    const auto tz1 = test::vectors("tezos-signing-tz1.json").at("key");
    const auto parsed = parse_public_key(text_of(tz1, "edpk"));
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->curve, Curve::ed25519);
    EXPECT_EQ(address(Curve::ed25519, parsed->bytes), text_of(tz1, "address"));
    EXPECT_EQ(public_key_text(Curve::ed25519, parsed->bytes), text_of(tz1, "edpk"));
}

TEST(text, signatures_and_chains_round_trip) {
    for (const auto& e : examples()) {
        const auto parsed = parse_signature(signature_text(e.curve, e.signature));
        ASSERT_TRUE(parsed);
        EXPECT_EQ(parsed->curve, e.curve);
        EXPECT_EQ(parsed->bytes, e.signature);
    }
    const auto chain = test::vectors("tezos-signing.json").at("chain");
    EXPECT_EQ(parse_chain(text_of(chain, "base58")), (ChainId{0xb3, 0xd7, 0x9f, 0x99}));
    EXPECT_EQ(chain_text({0xb3, 0xd7, 0x9f, 0x99}), text_of(chain, "base58"));
    EXPECT_FALSE(parse_chain("NetXo5iVw1vBoxN"));
}

TEST(text, address_gives_curve_unless_mistyped) {
    EXPECT_EQ(curve_of_address("tz4NwCZN4oPZRo7xHPHRW4an6hzxdhVCHoer"), Curve::bls);
    EXPECT_EQ(curve_of_address("tz1KqTpEZ7Yob7QbPE4Hy4Wo8fHG8LhKxZSx"), Curve::ed25519);
    EXPECT_FALSE(curve_of_address("tz4NwCZN4oPZRo7xHPHRW4an6hzxdhVCHoeq"));
    EXPECT_FALSE(curve_of_address("tz1KqTpEZ7Yob7QbPE4Hy4Wo8fHG8LhKxZS"));
    EXPECT_FALSE(curve_of_address(text_of(test::vectors("tezos-signing.json").at("key"), "BLpk")));
    EXPECT_FALSE(curve_of_address(""));
}

TEST(text, key_of_wrong_size_throws) {
    EXPECT_THROW(public_key_text(Curve::bls, Bytes(32)), std::invalid_argument);
    EXPECT_THROW(address(Curve::bls, Bytes(32)), std::invalid_argument);
    EXPECT_THROW(address(Curve::ed25519, Bytes(48)), std::invalid_argument);
}

// Checks the linked library against the standard, with the assembly selected for this machine.
TEST(blst, hash_to_g2_matches_rfc_9380) {
    const auto all = test::vectors("rfc9380-bls12381g2.json");
    const auto dst = text_of(all, "dst");
    for (const auto& entry : test::list_of(all, "vectors")) {
        const auto message = text_of(entry, "msg");
        blst_p2 point;
        blst_hash_to_g2(&point, reinterpret_cast<const byte*>(message.data()), message.size(),
                        reinterpret_cast<const byte*>(dst.data()), dst.size(), nullptr, 0);
        Bytes found(192);
        blst_p2_serialize(found.data(), &point);
        const auto text = test::hex(found);  // c1, c0 of x, then of y
        EXPECT_EQ(text.substr(96, 96) + "," + text.substr(0, 96), text_of(entry, "x"));
        EXPECT_EQ(text.substr(288, 96) + "," + text.substr(192, 96), text_of(entry, "y"));
    }
}

}  // namespace
}  // namespace revenant::tezos
