#include "common/tezos/payload.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "test/support/basics/payload_shapes.hpp"
#include "test/support/basics/vectors.hpp"

namespace revenant::tezos {
namespace {

std::string reason(ByteView bytes, Curve curve) {
    const auto verdict = recognise(bytes, curve);
    const auto* bad = std::get_if<BadPayload>(&verdict);
    return bad ? bad->reason : "";
}

bool recognised(ByteView bytes, Curve curve) {
    return std::holds_alternative<Operation>(recognise(bytes, curve));
}

TEST(payload, every_shape_is_recognised) {
    for (const auto& shape : test::shapes()) {
        const auto verdict = recognise(shape.bytes, shape.curve);
        ASSERT_TRUE(std::holds_alternative<Operation>(verdict))
            << shape.name << ": " << reason(shape.bytes, shape.curve);
        EXPECT_EQ(std::get<Operation>(verdict), shape.means) << shape.name;
    }
}

TEST(payload, shapes_have_protocol_lengths) {
    std::vector<std::size_t> sizes;
    for (const auto& shape : test::shapes())
        sizes.push_back(shape.bytes.size());
    EXPECT_EQ(sizes, (std::vector<std::size_t>{198, 202, 230, 234, 198, 202, 230, 234, 78, 78, 80, 80, 81, 83}));
}

// Sets every byte of every shape to every value and compares the result with the shape's mark.
TEST(payload, every_byte_value_has_expected_result) {
    for (const auto& shape : test::shapes()) {
        ASSERT_EQ(shape.marks.size(), shape.bytes.size()) << shape.name;
        auto bytes = shape.bytes;
        for (std::size_t at = 0; at < bytes.size(); ++at) {
            for (unsigned more = 1; more < 256; ++more) {
                bytes[at] = static_cast<std::uint8_t>(shape.bytes[at] + more);
                const auto verdict = recognise(bytes, shape.curve);
                const auto* found = std::get_if<Operation>(&verdict);
                const bool right =
                    (found ? std::optional{*found} : std::nullopt) == test::expected_after(shape, at, bytes);
                if (!right)
                    FAIL() << shape.name << " with byte " << at << " = " << int{bytes[at]} << ": "
                           << (found ? "recognised wrongly" : reason(bytes, shape.curve));
            }
            bytes[at] = shape.bytes[at];
        }
    }
}

TEST(payload, other_lengths_are_rejected) {
    for (const auto& shape : test::shapes()) {
        for (std::size_t size = 0; size < shape.bytes.size(); ++size)
            EXPECT_FALSE(recognised(ByteView{shape.bytes}.first(size), shape.curve))
                << shape.name << " cut to " << size;
        for (const std::size_t more : {1u, 2u, 4u, 32u, 33u, 1000u})
            for (const int filler : {0x00, 0x01, 0x80, 0xff}) {
                auto bytes = shape.bytes;
                bytes.insert(bytes.end(), more, static_cast<std::uint8_t>(filler));
                EXPECT_FALSE(recognised(bytes, shape.curve)) << shape.name << " with " << more << " bytes more";
            }
    }
}

TEST(payload, attestation_of_other_curve_is_rejected) {
    for (const auto& shape : test::shapes()) {
        const auto other = shape.curve == Curve::bls ? Curve::ed25519 : Curve::bls;
        EXPECT_EQ(recognised(shape.bytes, other), shape.means.kind == Kind::block) << shape.name;
    }
}

TEST(payload, tag_of_other_kind_is_rejected) {
    for (const auto& shape : test::shapes())
        for (const int first : {0x11, 0x12, 0x13}) {
            auto bytes = shape.bytes;
            bytes[0] = static_cast<std::uint8_t>(first);
            EXPECT_EQ(recognised(bytes, shape.curve), first == shape.bytes[0]) << shape.name;
        }
}

TEST(payload, maximum_level_and_round_are_accepted) {
    auto shape = test::shape("tz4 attestation");
    test::put(shape.bytes, 38, 0x7fffffff);
    test::put(shape.bytes, 42, 0x7fffffff);
    const auto operation = std::get<Operation>(recognise(shape.bytes, shape.curve));
    EXPECT_EQ(operation.level, 0x7fffffff);
    EXPECT_EQ(operation.round, 0x7fffffff);
}

TEST(payload, block_round_is_taken_from_fitness) {
    auto shape = test::shape("tz4 block");
    test::put(shape.bytes, 83 + 33, 9);
    test::put(shape.bytes, 87 + 33 + 64, 4);
    EXPECT_EQ(std::get<Operation>(recognise(shape.bytes, shape.curve)).round, 9);
}

TEST(payload, block_level_must_match_fitness) {
    auto shape = test::shape("tz4 block");
    test::put(shape.bytes, 5, 77);
    EXPECT_EQ(reason(shape.bytes, shape.curve), "the level in its fitness is not that of its header");
    test::put(shape.bytes, 96, 77);
    EXPECT_EQ(std::get<Operation>(recognise(shape.bytes, shape.curve)).level, 77);
    test::put(shape.bytes, 5, 0x80000000);
    test::put(shape.bytes, 96, 0x80000000);
    EXPECT_EQ(reason(shape.bytes, shape.curve), "its level is negative");
}

TEST(payload, dal_bits_must_be_one_minimal_number) {
    const auto attestation = [](std::string_view dal) {
        auto bytes = test::shape("tz1 attestation with DAL").bytes;
        bytes.resize(80);
        const auto bits = test::unhex(dal);
        bytes.insert(bytes.end(), bits.begin(), bits.end());
        return bytes;
    };
    for (const auto* good : {"00", "01", "7f", "8001", "ff7f", "ffffffff01"})
        EXPECT_TRUE(recognised(attestation(good), Curve::ed25519)) << good;
    for (const auto* bad : {"", "80", "ff", "8000", "ff00", "0000", "0101", "818000", "018001", "80017f"})
        EXPECT_FALSE(recognised(attestation(bad), Curve::ed25519)) << bad;
}

TEST(payload, dal_bits_are_limited) {
    auto bytes = test::shape("tz1 attestation with DAL").bytes;
    bytes.resize(max_payload_size, 0x80);
    std::fill(bytes.begin() + 80, bytes.end() - 1, std::uint8_t{0xff});
    bytes.back() = 0x01;
    EXPECT_TRUE(recognised(bytes, Curve::ed25519));
    bytes.insert(bytes.end() - 1, 0xff);
    EXPECT_EQ(reason(bytes, Curve::ed25519), "it is longer than any attestation with DAL");
}

struct Mistake {
    const char* shape;
    std::size_t at;
    const char* bytes;
    const char* reason;
};

TEST(payload, reason_names_invalid_field) {
    const std::array mistakes{
        Mistake{"tz4 block", 0, "10", "its first byte is not that of a block, a preattestation or an attestation"},
        Mistake{"tz4 block", 83, "00000022", "its fitness is neither 33 nor 37 bytes long"},
        Mistake{"tz4 block", 83, "80000021", "its fitness is neither 33 nor 37 bytes long"},
        Mistake{"tz4 block", 83, "ffffffff", "its fitness is neither 33 nor 37 bytes long"},
        Mistake{"tz4 block", 87, "00000002", "its fitness is not of version 2"},
        Mistake{"tz4 block", 91, "01", "its fitness is not of version 2"},
        Mistake{"tz4 block", 92, "00000003", "the level in its fitness is not 4 bytes long"},
        Mistake{"tz4 block", 100, "00000004", "the locked round in its fitness does not fit the fitness' length"},
        Mistake{"tz4 block, locked", 100, "00000000",
                "the locked round in its fitness does not fit the fitness' length"},
        Mistake{"tz4 block, locked", 104, "ffffffff", "the locked round in its fitness is negative"},
        Mistake{"tz4 block", 104, "00000000", "the predecessor's round in its fitness is not 4 bytes long"},
        Mistake{"tz4 block", 108, "00000000", "the predecessor's round in its fitness is negative"},
        Mistake{"tz4 block", 112, "00000005", "the round in its fitness is not 4 bytes long"},
        Mistake{"tz4 block", 116, "80000000", "its round is negative"},
        Mistake{"tz4 block", 184, "ffffffff", "its payload round is negative"},
        Mistake{"tz4 block", 196, "01", "its seed-nonce flag is neither 00 nor ff"},
        Mistake{"tz4 block", 196, "ff", "its length is not that of a block's header"},
        Mistake{"tz4 block, seed nonce", 196, "00", "its length is not that of a block's header"},
        Mistake{"tz4 attestation", 37, "28",
                "its operation's tag is not the one that goes with its first byte and this kind of key"},
        Mistake{"tz4 attestation", 37, "17",
                "its operation's tag is not the one that goes with its first byte and this kind of key"},
        Mistake{"tz1 preattestation", 37, "17",
                "its operation's tag is not the one that goes with its first byte and this kind of key"},
        Mistake{"tz1 attestation", 37, "17", "an attestation with DAL has at least 81 bytes"},
        Mistake{"tz1 attestation with DAL", 37, "15",
                "a tz1 key signs preattestations and attestations without DAL of exactly 80 bytes"},
        Mistake{"tz1 attestation with DAL", 80, "80",
                "its DAL bits are not a single number that ends with the payload"},
        Mistake{"tz4 preattestation", 38, "ffffffff", "its level is negative"},
        Mistake{"tz4 preattestation", 42, "ffffffff", "its round is negative"},
        Mistake{"tz1 attestation", 40, "80000000", "its level is negative"},
        Mistake{"tz1 attestation", 44, "80000000", "its round is negative"},
    };
    for (const auto& mistake : mistakes) {
        auto shape = test::shape(mistake.shape);
        std::ranges::copy(test::unhex(mistake.bytes), shape.bytes.begin() + static_cast<std::ptrdiff_t>(mistake.at));
        EXPECT_EQ(reason(shape.bytes, shape.curve), mistake.reason)
            << mistake.shape << " with " << mistake.bytes << " at " << mistake.at;
    }
    EXPECT_EQ(reason({}, Curve::bls), "it is empty");
    EXPECT_EQ(reason(Bytes{0x11}, Curve::bls), "it is shorter than a block's header");
    EXPECT_EQ(reason(Bytes{0x12}, Curve::bls), "it ends before its operation's tag");
}

TEST(payload, test_vectors_are_recognised) {
    for (const auto& [file, curve] :
         {std::pair{"tezos-signing.json", Curve::bls}, std::pair{"tezos-signing-tz1.json", Curve::ed25519}}) {
        const auto all = test::vectors(file);
        for (const auto& entry : test::list_of(all, "payloads")) {
            const auto operation = std::get<Operation>(recognise(test::unhex(test::text_of(entry, "bytes")), curve));
            EXPECT_EQ(name(operation.kind), test::text_of(entry, "kind"));
            EXPECT_EQ(operation.level, entry.at("level").as_int64());
            EXPECT_EQ(operation.round, entry.at("round").as_int64());
            EXPECT_EQ(test::hex(operation.chain), "b3d79f99");
        }
    }
}

}  // namespace
}  // namespace revenant::tezos
