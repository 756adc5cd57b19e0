#include <gtest/gtest.h>

#include "gadget/keystore/signing_key.hpp"
#include "host/serve/client_keys.hpp"
#include "test/unit/vectors.hpp"

namespace revenant::host::serve {
namespace {

using test::text_of;
using tezos::Curve;

const std::string tz4 = "tz4NwCZN4oPZRo7xHPHRW4an6hzxdhVCHoer", tz1 = "tz1KqTpEZ7Yob7QbPE4Hy4Wo8fHG8LhKxZSx";
const Bytes message{0x11, 0x22};

/// A client whose key is published with the worked examples.
struct Client {
    explicit Client(Curve of)
        : curve{of},
          example{
              test::vectors(of == Curve::bls ? "tezos-signing.json" : "tezos-signing-tz1.json").at("key").as_object()},
          public_key{text_of(example, of == Curve::bls ? "BLpk" : "edpk")},
          key{of, test::secret_of(text_of(example, of == Curve::bls ? "secret_little_endian" : "seed"))} {}

    [[nodiscard]] tezos::Decoded sign(const Bytes& bytes) const { return {curve, key.sign(bytes)}; }

    Curve curve;
    boost::json::object example;
    std::string public_key;
    keystore::SigningKey key;
};

std::string complaint(const std::string& keys) {
    try {
        const ClientKeys wrong{keys};
    } catch (const std::invalid_argument& refused) {
        return refused.what();
    }
    return {};
}

TEST(client_keys, sign_what_octez_lets_them_sign) {
    // 04 01, the tag of the curve, the 20 bytes in the address, the message.
    EXPECT_EQ(test::hex(authenticated_bytes(tz1, message)),
              "0401"
              "00"
              "02298c03ed7d454a101eb7022bc95f7e5f41ac78"
              "1122");
    const auto of_tz4 = test::hex(authenticated_bytes(tz4, message));
    EXPECT_EQ(of_tz4.size(), 2U * (3 + 20 + 2));
    EXPECT_EQ(of_tz4.substr(0, 6), "040103");
    EXPECT_EQ(of_tz4.substr(46), "1122");
}

TEST(client_keys, let_in_who_signed_this_question_and_nobody_else) {
    for (const auto curve : {Curve::bls, Curve::ed25519}) {
        const Client client{curve};
        const ClientKeys keys{client.public_key};
        EXPECT_EQ(keys.addresses(), std::vector<std::string>{text_of(client.example, "address")});
        for (const auto& address : {tz4, tz1}) {
            const auto signed_by_client = client.sign(authenticated_bytes(address, message));
            EXPECT_TRUE(keys.signed_this(address, message, signed_by_client));
            EXPECT_FALSE(keys.signed_this(address, Bytes{0x11, 0x23}, signed_by_client));
            EXPECT_FALSE(keys.signed_this(address == tz4 ? tz1 : tz4, message, signed_by_client));
            EXPECT_FALSE(keys.signed_this(address, message, client.sign(message)));
            EXPECT_FALSE(ClientKeys{}.signed_this(address, message, signed_by_client));
        }
        const Client other{curve == Curve::bls ? Curve::ed25519 : Curve::bls};
        EXPECT_FALSE(keys.signed_this(tz4, message, other.sign(authenticated_bytes(tz4, message))));
        const ClientKeys both{other.public_key + ", " + client.public_key};
        EXPECT_TRUE(both.signed_this(tz4, message, other.sign(authenticated_bytes(tz4, message))));
    }
}

TEST(client_keys, that_cannot_be_used_are_named_with_the_reason) {
    EXPECT_TRUE(ClientKeys{""}.empty());
    EXPECT_TRUE(ClientKeys{" , "}.empty());
    EXPECT_NE(complaint("sppk7bMuoa8w2LSKz3XEuPsKx1WavsMLCWgbWG9CZNAsJg9eTmkXRPd").find("sppk7"), std::string::npos);
    EXPECT_NE(complaint("p2pk66xmhjiN7LpfrDGFwpxPtJxkLtPjQ6HUxJbKmRbxSR7RMpamDwi").find("cannot be checked here"),
              std::string::npos);
    EXPECT_NE(complaint(tz1).find("this is an address"), std::string::npos);
    EXPECT_NE(complaint("edpk1").find("no public key"), std::string::npos);
    std::string many;
    for (std::size_t i = 0; i <= ClientKeys::most; ++i)
        many += Client{Curve::ed25519}.public_key + ',';
    EXPECT_NE(complaint(many).find("16 are the most"), std::string::npos);
}

}  // namespace
}  // namespace revenant::host::serve
