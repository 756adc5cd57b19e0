#include "common/tezos/base58.hpp"

#include <array>
#include <stdexcept>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "test/support/basics/vectors.hpp"

namespace revenant::tezos::base58 {
namespace {

struct Named {
    Prefix prefix;
    const char* begin;
};

const std::array all{
    Named{tz4_address, "tz4"},         Named{bls_public_key, "BLpk"}, Named{bls_signature, "BLsig"},
    Named{bls_secret_key, "BLsk"},     Named{tz1_address, "tz1"},     Named{ed25519_public_key, "edpk"},
    Named{ed25519_signature, "edsig"}, Named{ed25519_seed, "edsk"},   Named{chain_id, "Net"},
};

TEST(base58, every_kind_round_trips_with_its_prefix) {
    for (const auto& [prefix, begin] : all)
        for (const int filler : {0x00, 0x01, 0x7f, 0xff}) {
            const Bytes payload(prefix.payload_size(), static_cast<std::uint8_t>(filler));
            const auto text = encode(prefix, payload);
            EXPECT_TRUE(text.starts_with(begin)) << text;
            EXPECT_EQ(decode(prefix, text), payload) << text;
        }
}

TEST(base58, decode_rejects_other_kinds) {
    for (const auto& [written, begin] : all)
        for (const auto& [read, other] : all)
            if (other != std::string_view{begin}) {
                const auto text = encode(written, Bytes(written.payload_size(), 0x5a));
                EXPECT_FALSE(decode(read, text)) << begin << " read as " << other;
            }
}

TEST(base58, decode_rejects_other_payload_sizes) {
    const Prefix shorter{{0x06, 0xa1, 0xa6}, 19};
    const Prefix longer{{0x06, 0xa1, 0xa6}, 21};
    EXPECT_FALSE(decode(tz4_address, encode(shorter, Bytes(19))));
    EXPECT_FALSE(decode(tz4_address, encode(longer, Bytes(21))));
    EXPECT_FALSE(decode(shorter, encode(tz4_address, Bytes(20))));
}

TEST(base58, encode_wrong_payload_size_throws) {
    EXPECT_THROW(encode(tz4_address, Bytes(19)), std::invalid_argument);
    EXPECT_THROW(encode(tz4_address, Bytes(21)), std::invalid_argument);
}

TEST(base58, decode_rejects_changed_character) {
    const auto text = encode(tz4_address, test::unhex("000102030405060708090a0b0c0d0e0f10111213"));
    for (std::size_t at = 0; at < text.size(); ++at)
        for (int character = 0; character < 256; ++character) {
            auto changed = text;
            changed[at] = static_cast<char>(character);
            if (changed != text) {
                EXPECT_FALSE(decode(tz4_address, changed)) << changed;
            }
        }
}

TEST(base58, decode_rejects_swap_omission_insertion) {
    const auto text = encode(chain_id, test::unhex("b3d79f99"));
    ASSERT_EQ(text, "NetXo5iVw1vBoxM");
    for (std::size_t at = 0; at < text.size(); ++at) {
        auto missing = text;
        missing.erase(at, 1);
        EXPECT_FALSE(decode(chain_id, missing)) << missing;
        auto doubled = text;
        doubled.insert(at, 1, text[at]);
        EXPECT_FALSE(decode(chain_id, doubled)) << doubled;
        auto swapped = text;
        if (at > 0 && text[at] != text[at - 1]) {
            std::swap(swapped[at], swapped[at - 1]);
            EXPECT_FALSE(decode(chain_id, swapped)) << swapped;
        }
    }
}

TEST(base58, payload_has_unique_text) {
    const auto text = encode(chain_id, test::unhex("b3d79f99"));
    EXPECT_FALSE(decode(chain_id, "1" + text));          // a leading zero digit does not change the number
    EXPECT_FALSE(decode(chain_id, "2U8pZJ1YdAoDJWNd"));  // larger by 2^88, which exceeds its 11 bytes
    EXPECT_FALSE(decode(chain_id, " " + text));
    EXPECT_FALSE(decode(chain_id, text + "\n"));
    EXPECT_FALSE(decode(chain_id, text + std::string(1, '\0')));
}

TEST(base58, invalid_character_is_not_digit_minus_one) {
    int tried = 0;
    for (int filler = 0; filler < 256; ++filler) {
        auto text = encode(tz4_address, Bytes(20, static_cast<std::uint8_t>(filler)));
        const auto at = text.find('z', 4);
        if (at == std::string::npos || text[at - 1] < '1' || text[at - 1] > '8')
            continue;
        ++text[at - 1];  // one more here and -1 after it give the same number
        text[at] = '0';
        EXPECT_FALSE(decode(tz4_address, text)) << text;
        ++tried;
    }
    EXPECT_GT(tried, 0);
}

TEST(base58, decode_rejects_long_and_empty_text) {
    EXPECT_FALSE(decode(bls_signature, ""));
    EXPECT_FALSE(decode(bls_signature, std::string(1 << 20, 'z')));
    EXPECT_FALSE(decode(bls_signature, std::string(1 << 20, '1')));
}

}  // namespace
}  // namespace revenant::tezos::base58
