#include "common/tezos/text.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>
#include <sodium.h>

#include "common/tezos/base58.hpp"

namespace revenant::tezos {
namespace {

struct Prefixes {
    base58::Prefix address;
    base58::Prefix public_key;
    base58::Prefix signature;
};

constexpr Prefixes bls_prefixes{base58::tz4_address, base58::bls_public_key, base58::bls_signature};
constexpr Prefixes ed25519_prefixes{base58::tz1_address, base58::ed25519_public_key, base58::ed25519_signature};
constexpr std::array curves{Curve::bls, Curve::ed25519};

const Prefixes& prefixes(Curve curve) {
    return curve == Curve::bls ? bls_prefixes : ed25519_prefixes;
}

std::optional<Decoded> parse(std::string_view text, base58::Prefix Prefixes::*which) {
    for (const auto curve : curves)
        if (auto bytes = base58::decode(prefixes(curve).*which, text))
            return Decoded{curve, std::move(*bytes)};
    return std::nullopt;
}

}  // namespace

std::string address(Curve curve, ByteView public_key) {
    if (public_key.size() != public_key_size(curve))
        throw std::invalid_argument{fmt::format("cannot derive an address: the public key has {} bytes, expected {}",
                                                public_key.size(), public_key_size(curve))};
    std::array<std::uint8_t, 20> hash;
    crypto_generichash_blake2b(hash.data(), hash.size(), public_key.data(), public_key.size(), nullptr, 0);
    return base58::encode(prefixes(curve).address, hash);
}

std::string public_key_text(Curve curve, ByteView public_key) {
    return base58::encode(prefixes(curve).public_key, public_key);
}

std::string signature_text(Curve curve, ByteView signature) {
    return base58::encode(prefixes(curve).signature, signature);
}

std::string chain_text(const ChainId& chain) {
    return base58::encode(base58::chain_id, chain);
}

std::optional<Curve> curve_of_address(std::string_view text) {
    const auto found = parse(text, &Prefixes::address);
    return found ? std::optional{found->curve} : std::nullopt;
}

std::optional<Decoded> parse_public_key(std::string_view text) {
    return parse(text, &Prefixes::public_key);
}

std::optional<Decoded> parse_signature(std::string_view text) {
    return parse(text, &Prefixes::signature);
}

std::optional<ChainId> parse_chain(std::string_view text) {
    const auto bytes = base58::decode(base58::chain_id, text);
    if (!bytes)
        return std::nullopt;
    ChainId chain{};
    std::ranges::copy(*bytes, chain.begin());
    return chain;
}

}  // namespace revenant::tezos
