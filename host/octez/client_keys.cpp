#include "host/octez/client_keys.hpp"

#include <stdexcept>

#include <boost/algorithm/string/classification.hpp>
#include <boost/algorithm/string/split.hpp>
#include <fmt/format.h>

#include "common/tezos/verify.hpp"
#include "host/octez/ecdsa.hpp"

namespace revenant::host::serve {
namespace {

[[noreturn]] void refuse(std::string_view word, const std::string& why) {
    throw std::invalid_argument{fmt::format("the setting client-keys has '{}': {}", word, why)};
}

bool is_on_its_curve(const ClientKey& key) {
    switch (key.kind) {
        case KeyKind::secp256k1:
            return is_ecdsa_key(EcdsaCurve::secp256k1, key.bytes);
        case KeyKind::p256:
            return is_ecdsa_key(EcdsaCurve::p256, key.bytes);
        case KeyKind::ed25519:
        case KeyKind::bls:
            break;  // checked by tezos::verify()
    }
    return true;
}

ClientKey read_key(const std::string& word) {
    if (looks_secret(word))
        throw std::invalid_argument{
            "the setting client-keys has a secret key, which may now be exposed: create a new key at the client and "
            "use its public key"};
    auto key = parse_client_key(word);
    if (!key && parse_address(word))
        refuse(word, "this is an address; use the public key (edpk, sppk, p2pk or BLpk)");
    if (!key)
        refuse(word, "not a public key (edpk, sppk, p2pk or BLpk)");
    if (!is_on_its_curve(*key))
        refuse(word, "not a point of its curve, so no secret key exists for it; use the client's public key");
    return std::move(*key);
}

bool signed_by(const ClientKey& key, ByteView bytes, ByteView signature) {
    switch (key.kind) {
        case KeyKind::ed25519:
            return tezos::verify(tezos::Curve::ed25519, key.bytes, bytes, signature);
        case KeyKind::bls:
            return tezos::verify(tezos::Curve::bls, key.bytes, bytes, signature);
        case KeyKind::secp256k1:
            return verify_ecdsa(EcdsaCurve::secp256k1, key.bytes, tezos::blake2b_256(bytes), signature);
        case KeyKind::p256:
            return verify_ecdsa(EcdsaCurve::p256, key.bytes, tezos::blake2b_256(bytes), signature);
    }
    return false;
}

}  // namespace

Bytes authenticated_bytes(std::string_view address, ByteView message) {
    const auto signing = parse_address(address).value();
    Bytes bytes{0x04, 0x01, static_cast<std::uint8_t>(signing.kind)};
    bytes.insert(bytes.end(), signing.hash.begin(), signing.hash.end());
    bytes.insert(bytes.end(), message.begin(), message.end());
    return bytes;
}

ClientKeys::ClientKeys(const std::string& text) {
    std::vector<std::string> words;
    boost::split(words, text, boost::is_any_of(", \t"), boost::token_compress_on);
    for (const auto& word : words) {
        if (word.empty())
            continue;
        const auto& key = keys_.emplace_back(read_key(word));
        addresses_.push_back(address_text(key));
    }
    if (keys_.size() > most)
        throw std::invalid_argument{
            fmt::format("the setting client-keys has {} keys: at most {} are allowed", keys_.size(), most)};
}

const std::string* ClientKeys::who_signed(std::string_view address, ByteView message,
                                          const ClientSignature& authentication) const {
    const auto bytes = authenticated_bytes(address, message);
    for (std::size_t at = 0; at < keys_.size(); ++at)
        if ((!authentication.kind || *authentication.kind == keys_[at].kind) &&
            signed_by(keys_[at], bytes, authentication.bytes))
            return &addresses_[at];
    return nullptr;
}

}  // namespace revenant::host::serve
