#include "gadget/crypto/derivation.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "common/tezos/text.hpp"
#include "test/support/basics/vectors.hpp"

namespace revenant::gadget::keystore {
namespace {

using test::secret_of;
using test::text_of;
using tezos::Curve;

const std::string seed_text(64, '5');

/// Formats 32 little-endian bytes as the hex digits of the big-endian number.
std::string big_endian(const Secret& scalar) {
    auto bytes = test::unhex(test::hex(scalar));
    std::ranges::reverse(bytes);
    return test::hex(bytes);
}

TEST(derivation, eip_2333_test_cases) {
    const auto all = test::vectors("eip2333.json");
    for (const auto& entry : test::list_of(all, "cases")) {
        const auto seed = secret_of(text_of(entry, "seed"));
        EXPECT_EQ(big_endian(eip2333_scalar(seed, {})), text_of(entry, "master"));
        const std::array path{boost::json::value_to<std::uint32_t>(entry.at("child_index"))};
        EXPECT_EQ(big_endian(eip2333_scalar(seed, path)), text_of(entry, "child"));
    }
}

TEST(derivation, slip_0010_test_vectors) {
    const auto all = test::vectors("slip10-ed25519.json");
    for (const auto& entry : test::list_of(all, "vectors")) {
        const auto seed = secret_of(text_of(entry, "seed"));
        for (const auto& expected : test::list_of(entry, "keys")) {
            const auto path = boost::json::value_to<std::vector<std::uint32_t>>(expected.at("path"));
            auto secret = slip10_ed25519_seed(seed, path);
            EXPECT_EQ(test::hex(secret), text_of(expected, "private"));
            EXPECT_EQ(test::hex(SigningKey(Curve::ed25519, std::move(secret)).public_key()),
                      text_of(expected, "public"));
        }
    }
}

TEST(derivation, paths_match_documentation) {
    const auto all = test::vectors("derivation.json");
    const auto seed = secret_of(text_of(all, "seed"));
    for (const auto& entry : test::list_of(all, "tz4_little_endian")) {
        const auto key = derive(seed, Curve::bls, boost::json::value_to<std::uint32_t>(entry.at("index")));
        EXPECT_EQ(key.curve(), Curve::bls);
        EXPECT_EQ(test::hex(key.secret()), text_of(entry, "secret"));
    }
    for (const auto& entry : test::list_of(all, "tz1")) {
        const auto key = derive(seed, Curve::ed25519, boost::json::value_to<std::uint32_t>(entry.at("index")));
        EXPECT_EQ(key.curve(), Curve::ed25519);
        EXPECT_EQ(test::hex(key.secret()), text_of(entry, "secret"));
        EXPECT_EQ(tezos::public_key_text(Curve::ed25519, key.public_key()), text_of(entry, "edpk"));
    }
}

TEST(derivation, index_and_curve_select_distinct_keys) {
    const auto seed = secret_of(seed_text);
    std::set<std::string> addresses;
    for (const auto curve : {Curve::bls, Curve::ed25519})
        for (std::uint32_t index = 0; index < 4; ++index)
            addresses.insert(derive(seed, curve, index).address());
    EXPECT_EQ(addresses.size(), 8u);
}

TEST(derivation, index_above_limit_throws) {
    const auto seed = secret_of(seed_text);
    for (const auto curve : {Curve::bls, Curve::ed25519}) {
        EXPECT_NO_THROW(derive(seed, curve, max_derivation_index));
        EXPECT_THROW(derive(seed, curve, max_derivation_index + 1), std::invalid_argument);
        EXPECT_THROW(derive(seed, curve, 0xffff'ffff), std::invalid_argument);
    }
    const std::array<std::uint32_t, 1> path{0x8000'0000};
    EXPECT_THROW(slip10_ed25519_seed(seed, path), std::invalid_argument);
}

TEST(derivation, short_seed_throws) {
    for (const auto curve : {Curve::bls, Curve::ed25519}) {
        EXPECT_THROW(derive(secret_of(std::string(62, '1')), curve, 0), std::invalid_argument);
        EXPECT_NO_THROW(derive(secret_of(std::string(64, '1')), curve, 0));
        EXPECT_THROW(derive(Secret{}, curve, 0), std::invalid_argument);
    }
    EXPECT_THROW(eip2333_scalar(secret_of(std::string(62, '1')), {}), std::invalid_argument);
    EXPECT_THROW(slip10_ed25519_seed(secret_of(std::string(30, '1')), {}), std::invalid_argument);
}

}  // namespace
}  // namespace revenant::gadget::keystore
