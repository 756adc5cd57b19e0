#include "host/octez/client_text.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <sodium.h>

#include "common/tezos/base58.hpp"

namespace revenant::host::serve {
namespace {

namespace base58 = tezos::base58;

struct Prefixes {
    KeyKind kind;
    base58::Prefix address, public_key, signature;
};

// Prefixes that devices do not use are from src/lib_crypto/base58.ml of Octez.
constexpr std::array kinds{
    Prefixes{KeyKind::ed25519, base58::tz1_address, base58::ed25519_public_key, base58::ed25519_signature},
    Prefixes{KeyKind::secp256k1,
             {{0x06, 0xa1, 0xa1}, 20},               // tz2
             {{0x03, 0xfe, 0xe2, 0x56}, 33},         // sppk
             {{0x0d, 0x73, 0x65, 0x13, 0x3f}, 64}},  // spsig1
    Prefixes{KeyKind::p256,
             {{0x06, 0xa1, 0xa4}, 20},         // tz3
             {{0x03, 0xb2, 0x8b, 0x7f}, 33},   // p2pk
             {{0x36, 0xf0, 0x2c, 0x34}, 64}},  // p2sig
    Prefixes{KeyKind::bls, base58::tz4_address, base58::bls_public_key, base58::bls_signature}};
constexpr base58::Prefix any_signature{{0x04, 0x82, 0x2b}, 64};  // sig

template <typename Parsed>
std::optional<Parsed> parse(std::string_view text, base58::Prefix Prefixes::*which) {
    for (const auto& prefixes : kinds)
        if (auto bytes = base58::decode(prefixes.*which, text))
            return Parsed{prefixes.kind, std::move(*bytes)};
    return std::nullopt;
}

}  // namespace

std::optional<Address> parse_address(std::string_view text) {
    return parse<Address>(text, &Prefixes::address);
}

std::optional<ClientKey> parse_client_key(std::string_view text) {
    return parse<ClientKey>(text, &Prefixes::public_key);
}

std::optional<ClientSignature> parse_client_signature(std::string_view text) {
    if (auto bytes = base58::decode(any_signature, text))
        return ClientSignature{std::nullopt, std::move(*bytes)};
    return parse<ClientSignature>(text, &Prefixes::signature);
}

bool looks_secret(std::string_view text) {
    constexpr std::array beginnings{"edsk", "spsk", "p2sk", "BLsk", "edesk", "spesk", "p2esk", "BLesk"};
    return std::any_of(beginnings.begin(), beginnings.end(), [&](const char* one) { return text.starts_with(one); });
}

std::string address_text(const ClientKey& key) {
    std::array<std::uint8_t, 20> hash;
    crypto_generichash_blake2b(hash.data(), hash.size(), key.bytes.data(), key.bytes.size(), nullptr, 0);
    return base58::encode(std::ranges::find(kinds, key.kind, &Prefixes::kind)->address, hash);
}

}  // namespace revenant::host::serve
