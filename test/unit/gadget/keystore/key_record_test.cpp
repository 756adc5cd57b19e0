#include "gadget/keystore/key_record.hpp"

#include <gtest/gtest.h>
#include <sodium.h>

#include "gadget/crypto/seal.hpp"

namespace revenant::gadget::keystore {
namespace {

TEST(key_id, trimmed_and_lowercased) {
    EXPECT_EQ(normalise_id(" \tBaker_1-x\r\n"), "baker_1-x");
    EXPECT_EQ(normalise_id(std::string(64, 'a')), std::string(64, 'a'));
    for (const auto* bad : {"", "  ", "a b", "a/b", "..", "\xc3\xa9", "a.json", "a\nb"})
        EXPECT_FALSE(normalise_id(bad)) << bad;
    EXPECT_FALSE(normalise_id(std::string(65, 'a')));
    EXPECT_FALSE(normalise_id(std::string_view{"a\0b", 3}));
}

class key_record : public testing::Test {
protected:
    const bool sodium = sodium_init() >= 0;  // before the first secret
    Secret kek = random_secret(key_size);
    Secret data_key = random_secret(key_size);
    KeyRecord record{{"baker", Curve::ed25519, "tz1VSUr8wwNhLAzempoch5d6hLRiTh8Cjcjb",
                      "edpkvGfYw3LyB1UcCahKQk4rF2tvbMUk8GFiTuMjL75uGXrpvKXhjn", ""},
                     {},
                     {},
                     {}};
};

TEST_F(key_record, file_round_trip) {
    const ChainList list{{{1, 2, 3, 4}, {255, 0, 0, 1}}, 77, 12};
    record.seal_data_key(kek, data_key);
    record.seal_chains(data_key, list);
    const auto read = KeyRecord::from_file(record.to_file());
    ASSERT_TRUE(std::holds_alternative<KeyRecord>(read));
    const auto& copy = std::get<KeyRecord>(read);
    EXPECT_EQ(copy.identity, record.identity);
    EXPECT_EQ(copy.open_data_key(kek).size(), key_size);
    EXPECT_EQ(copy.open_chains(data_key), list);
    EXPECT_TRUE(copy.open_data_key(data_key).empty());
    EXPECT_FALSE(copy.open_chains(kek));
}

TEST_F(key_record, blobs_bound_to_identity_and_purpose) {
    record.seal_data_key(kek, data_key);
    for (auto* field :
         {&record.identity.id, &record.identity.address, &record.identity.public_key, &record.identity.proof}) {
        *field += "x";
        EXPECT_TRUE(record.open_data_key(kek).empty());
        field->pop_back();
    }
    EXPECT_FALSE(record.open_data_key(kek).empty());
    record.sealed_secret = record.sealed_data_key;
    EXPECT_TRUE(record.open_secret(kek).empty());
}

TEST_F(key_record, invalid_files_are_detected) {
    const auto fault = [](std::string_view text) {
        const auto read = KeyRecord::from_file({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
        return std::holds_alternative<FileFault>(read) ? std::optional{std::get<FileFault>(read)} : std::nullopt;
    };
    for (const auto* text : {"", "{", "[]", "{}", R"({"version":"1"})", R"({"version":-1})", R"({"version":1})"})
        EXPECT_EQ(fault(text), FileFault::damaged) << text;
    EXPECT_EQ(fault(R"({"version":2})"), FileFault::unknown_version);
    const auto whole = record.to_file();
    std::string text{whole.begin(), whole.end()};
    EXPECT_EQ(fault(text), std::nullopt);
    EXPECT_EQ(fault(text.replace(text.find("tz1\""), 3, "tz4")), FileFault::damaged) << "curve contradicts address";
}

TEST(seal, round_trip_and_authentication) {
    ASSERT_GE(sodium_init(), 0);
    const auto key = random_secret(key_size);
    const auto bound = context({"a", "bc"});
    EXPECT_NE(bound, context({"ab", "c"}));
    const Bytes plain{1, 2, 3};
    auto sealed = seal(key, plain, bound);
    EXPECT_NE(sealed, seal(key, plain, bound)) << "different nonces";
    Bytes back(3);
    EXPECT_TRUE(unseal(key, sealed, bound, back));
    EXPECT_EQ(back, plain);
    EXPECT_FALSE(unseal(key, sealed, context({"a", "bd"}), back));
    for (auto& byte : sealed) {
        byte ^= 0x80;
        EXPECT_FALSE(unseal(key, sealed, bound, back));
        EXPECT_TRUE(unseal(key, sealed, bound).empty());
        byte ^= 0x80;
    }
    EXPECT_FALSE(unseal(key, ByteView{sealed}.first(39), bound, back));
    EXPECT_TRUE(unseal(key, ByteView{sealed}.first(39), bound).empty());
}

}  // namespace
}  // namespace revenant::gadget::keystore
