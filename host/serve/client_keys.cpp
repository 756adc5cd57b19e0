#include "host/serve/client_keys.hpp"

#include <algorithm>
#include <stdexcept>

#include <boost/algorithm/string/classification.hpp>
#include <boost/algorithm/string/split.hpp>
#include <fmt/format.h>

#include "common/tezos/base58.hpp"
#include "common/tezos/verify.hpp"

namespace revenant::host::serve {
namespace {

constexpr std::uint8_t ed25519_tag = 0, bls_tag = 3;  // of Octez; 1 and 2 are secp256k1 and p256

[[noreturn]] void refuse(std::string_view word, const std::string& why) {
    throw std::invalid_argument{fmt::format("the setting client-keys has '{}': {}", word, why)};
}

tezos::Decoded read_key(const std::string& word) {
    if (auto key = tezos::parse_public_key(word))
        return std::move(*key);
    if (word.starts_with("sppk") || word.starts_with("p2pk"))
        refuse(word, "keys of this curve cannot be checked here; let the client authenticate with a tz1 or tz4 key");
    if (word.starts_with("tz"))
        refuse(word, "this is an address; give the public key, which begins with edpk or BLpk");
    refuse(word, "this is no public key; one begins with edpk or BLpk");
}

}  // namespace

Bytes authenticated_bytes(std::string_view address, ByteView message) {
    auto tag = bls_tag;
    auto hash = tezos::base58::decode(tezos::base58::tz4_address, address);
    if (!hash) {
        tag = ed25519_tag;
        hash = tezos::base58::decode(tezos::base58::tz1_address, address);
    }
    Bytes bytes{0x04, 0x01, tag};
    bytes.insert(bytes.end(), hash.value().begin(), hash.value().end());
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
        addresses_.push_back(tezos::address(key.curve, key.bytes));
    }
    if (keys_.size() > most)
        throw std::invalid_argument{
            fmt::format("the setting client-keys has {} keys: {} are the most", keys_.size(), most)};
}

bool ClientKeys::signed_this(std::string_view address, ByteView message, const tezos::Decoded& authentication) const {
    const auto bytes = authenticated_bytes(address, message);
    return std::any_of(keys_.begin(), keys_.end(), [&](const tezos::Decoded& key) {
        return key.curve == authentication.curve && tezos::verify(key.curve, key.bytes, bytes, authentication.bytes);
    });
}

}  // namespace revenant::host::serve
