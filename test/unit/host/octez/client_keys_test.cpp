#include "host/octez/client_keys.hpp"

#include <gtest/gtest.h>

#include "test/support/basics/vectors.hpp"

namespace revenant::host::serve {
namespace {

using test::text_of;
using test::unhex;

boost::json::value published() {
    return test::vectors("client-authentication.json");
}

/// A request for a signature by the key at `address`, signed by a client of another implementation.
struct Example {
    std::string client, address;
    Bytes authenticated;
    std::string signature, generic{}, mirrored{};  ///< generic: sig...; mirrored: with n - s; empty: none
    bool mirrored_holds = false;
};

std::vector<Example> examples() {
    std::vector<Example> list;
    for (const auto& one : test::list_of(published(), "authentications")) {
        const auto& object = one.as_object();
        Example example{text_of(one, "client"), text_of(one, "address"), unhex(text_of(one, "bytes")),
                        text_of(one, "signature")};
        if (object.contains("generic"))
            example.generic = text_of(one, "generic");
        if (object.contains("mirrored")) {
            example.mirrored = text_of(one, "mirrored");
            example.mirrored_holds = object.at("mirrored_holds").as_bool();
        }
        list.push_back(std::move(example));
    }
    return list;
}

Bytes message() {
    return unhex(text_of(published(), "message"));
}

/// A member of the key of that curve: public_key, address or secret_key.
std::string of_key(const std::string& curve, const char* member) {
    for (const auto& key : test::list_of(published(), "keys"))
        if (text_of(key, "curve") == curve)
            return text_of(key, member);
    throw std::runtime_error{"no key of " + curve};
}

constexpr std::array curves{"ed25519", "secp256k1", "p256", "bls"};

ClientSignature read_signature(const std::string& text) {
    return parse_client_signature(text).value();
}

bool let_in(const ClientKeys& keys, const Example& example, const std::string& signature) {
    return keys.who_signed(example.address, message(), read_signature(signature));
}

std::string key_complaint(const std::string& keys) {
    try {
        const ClientKeys wrong{keys};
    } catch (const std::invalid_argument& refused) {
        return refused.what();
    }
    return {};
}

TEST(client_keys, authenticated_bytes_match_octez) {
    // 04 01, the tag of the requested key's kind, the 20 bytes of its address, the message.
    EXPECT_EQ(test::hex(authenticated_bytes("tz1KqTpEZ7Yob7QbPE4Hy4Wo8fHG8LhKxZSx", Bytes{0x11, 0x22})),
              "0401"
              "00"
              "02298c03ed7d454a101eb7022bc95f7e5f41ac78"
              "1122");
    for (const auto& example : examples())
        EXPECT_EQ(authenticated_bytes(example.address, message()), example.authenticated) << example.address;
}

TEST(client_keys, each_curve_admits_only_its_signer) {
    const auto all = examples();
    ASSERT_EQ(all.size(), curves.size() * curves.size());
    for (const auto& example : all) {
        const ClientKeys keys{of_key(example.client, "public_key")};
        EXPECT_EQ(keys.addresses(), std::vector<std::string>{of_key(example.client, "address")});
        EXPECT_TRUE(let_in(keys, example, example.signature)) << example.client;
        EXPECT_FALSE(ClientKeys{}.who_signed(example.address, message(), read_signature(example.signature)));
        auto other_message = message();
        other_message.back() ^= 1;
        EXPECT_FALSE(keys.who_signed(example.address, other_message, read_signature(example.signature)))
            << example.client;
        for (const auto* curve : curves)
            if (of_key(curve, "address") != example.address) {
                EXPECT_FALSE(keys.who_signed(of_key(curve, "address"), message(), read_signature(example.signature)));
            }
        for (const auto* curve : curves)
            EXPECT_EQ(let_in(ClientKeys{of_key(curve, "public_key")}, example, example.signature),
                      curve == example.client)
                << curve << " for " << example.client;
    }
}

TEST(client_keys, generic_signature_is_accepted) {
    for (const auto& example : examples()) {
        if (example.generic.empty())
            continue;
        for (const auto* curve : curves)
            EXPECT_EQ(let_in(ClientKeys{of_key(curve, "public_key")}, example, example.generic),
                      curve == example.client)
                << curve << " for " << example.client;
    }
}

TEST(client_keys, signature_of_other_curve_is_rejected) {
    for (const auto& example : examples()) {
        const ClientKeys keys{of_key(example.client, "public_key")};
        auto signature = read_signature(example.signature);
        for (const auto kind : {KeyKind::ed25519, KeyKind::secp256k1, KeyKind::p256, KeyKind::bls})
            if (kind != read_signature(example.signature).kind) {
                signature.kind = kind;
                EXPECT_FALSE(keys.who_signed(example.address, message(), signature)) << example.client;
            }
    }
}

TEST(client_keys, several_keys_are_accepted) {
    std::string list;
    std::vector<std::string> addresses;
    for (const auto* curve : curves) {
        list += of_key(curve, "public_key") + ", ";
        addresses.push_back(of_key(curve, "address"));
    }
    const ClientKeys keys{list};
    EXPECT_EQ(keys.addresses(), addresses);
    for (const auto& example : examples()) {
        EXPECT_TRUE(let_in(keys, example, example.signature));
        EXPECT_TRUE(example.generic.empty() || let_in(keys, example, example.generic));
    }
}

TEST(client_keys, mirrored_s_is_treated_like_octez) {
    int seen = 0;
    for (const auto& example : examples()) {
        if (example.mirrored.empty())
            continue;
        const ClientKeys keys{of_key(example.client, "public_key")};
        EXPECT_EQ(example.mirrored_holds, example.client == "p256");
        EXPECT_EQ(let_in(keys, example, example.mirrored), example.mirrored_holds) << example.client;
        ++seen;
    }
    EXPECT_EQ(seen, 8);
}

TEST(client_keys, any_changed_bit_is_rejected) {
    for (const auto& example : examples()) {
        const ClientKeys keys{of_key(example.client, "public_key")};
        auto signature = read_signature(example.signature);
        for (std::size_t at = 0; at < signature.bytes.size(); ++at) {
            const auto bit = static_cast<std::uint8_t>(1U << at % 8);
            signature.bytes[at] ^= bit;
            EXPECT_FALSE(keys.who_signed(example.address, message(), signature)) << example.client << " byte " << at;
            signature.bytes[at] ^= bit;
        }
        EXPECT_TRUE(keys.who_signed(example.address, message(), signature));
    }
}

TEST(client_keys, unusable_keys_are_reported) {
    EXPECT_TRUE(ClientKeys{""}.empty());
    EXPECT_TRUE(ClientKeys{" , "}.empty());
    for (const auto* curve : curves) {
        const auto address = of_key(curve, "address");
        const auto refused = key_complaint(address);
        EXPECT_NE(refused.find("this is an address"), std::string::npos) << refused;
        EXPECT_NE(refused.find(address), std::string::npos) << refused;
        auto damaged = of_key(curve, "public_key");
        damaged.back() = damaged.back() == '1' ? '2' : '1';
        EXPECT_NE(key_complaint(damaged).find("not a public key (edpk, sppk, p2pk or BLpk)"), std::string::npos);
        EXPECT_EQ(key_complaint(of_key(curve, "public_key")), "");
    }
    EXPECT_NE(key_complaint("edpk1").find("not a public key"), std::string::npos);
    std::string many;
    for (std::size_t i = 0; i <= ClientKeys::most; ++i)
        many += of_key("ed25519", "public_key") + ',';
    EXPECT_NE(key_complaint(many).find("at most 16 are allowed"), std::string::npos);
}

TEST(client_keys, secret_keys_are_rejected_unshown) {
    for (const auto* curve : curves) {
        const auto secret = of_key(curve, "secret_key");
        const auto refused = key_complaint(of_key(curve, "public_key") + ' ' + secret);
        EXPECT_NE(refused.find("secret key"), std::string::npos) << refused;
        EXPECT_EQ(refused.find(secret.substr(5)), std::string::npos) << refused;
    }
}

}  // namespace
}  // namespace revenant::host::serve
