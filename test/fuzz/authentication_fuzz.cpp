// Fuzzes the client-keys setting and client signatures. If the first byte is 't', text lines follow: client keys,
// address, signature, message. Otherwise its bits select kinds, and raw keys, signature and message follow; they are
// converted to text first, since a fuzzer cannot guess checksums.
#include <array>
#include <cstdlib>
#include <stdexcept>
#include <string>

#include "common/tezos/base58.hpp"
#include "host/octez/client_keys.hpp"

namespace {

using namespace revenant;
using namespace revenant::host::serve;

void require(bool truth) {
    if (!truth)
        std::abort();
}

/// Reads an input from its beginning.
class Rest {
public:
    explicit Rest(ByteView bytes) : bytes_{bytes} {}

    /// Takes `size` bytes, padded with zeros.
    Bytes take(std::size_t size) {
        Bytes taken(size);
        const auto found = bytes_.first(std::min(size, bytes_.size()));
        std::ranges::copy(found, taken.begin());
        bytes_ = bytes_.subspan(found.size());
        return taken;
    }
    std::string line() {
        const auto end = std::ranges::find(bytes_, '\n') - bytes_.begin();
        const auto size = static_cast<std::size_t>(end);
        const std::string text{bytes_.begin(), bytes_.begin() + end};
        bytes_ = bytes_.subspan(std::min(size + 1, bytes_.size()));
        return text;
    }
    Bytes all() { return take(bytes_.size()); }

private:
    ByteView bytes_;
};

/// Returns no keys if they are rejected; the message must not repeat a secret key.
ClientKeys read_keys(const std::string& text) {
    try {
        ClientKeys keys{text};
        require(keys.addresses().size() <= ClientKeys::most);
        require(keys.empty() == keys.addresses().empty());
        for (const auto& address : keys.addresses())
            require(parse_address(address).has_value());
        return keys;
    } catch (const std::invalid_argument& refused) {
        const std::string sentence{refused.what()};
        require(sentence.starts_with("the setting client-keys has "));
        require(!looks_secret(text) || sentence.find(text) == std::string::npos);
        return {};
    }
}

void check(const std::string& keys_text, const std::string& address, const std::string& signature_text,
           const Bytes& message) {
    const auto keys = read_keys(keys_text);
    const auto signing = parse_address(address);
    const auto signature = parse_client_signature(signature_text);
    if (!signing || !signature)
        return;
    require(signature->bytes.size() == (signature->kind == KeyKind::bls ? 96U : 64U));
    const auto signed_bytes = authenticated_bytes(address, message);
    require(signed_bytes.size() == 3 + 20 + message.size());
    if (!keys.who_signed(address, message, *signature))
        return;
    // Only saved inputs with the right signature get here: another message or signature must fail.
    require(!keys.empty());
    auto other_message = message;
    other_message.push_back(0);
    require(!keys.who_signed(address, other_message, *signature));
    auto other_signature = *signature;
    other_signature.bytes[7] ^= 1;
    require(!keys.who_signed(address, message, other_signature));
}

// Prefixes by kind; those of curves that the device does not support are from Octez's src/lib_crypto/base58.ml.
using tezos::base58::Prefix;
constexpr std::array<Prefix, 4> addresses{tezos::base58::tz1_address, Prefix{{0x06, 0xa1, 0xa1}, 20},
                                          Prefix{{0x06, 0xa1, 0xa4}, 20}, tezos::base58::tz4_address};
constexpr std::array<Prefix, 4> public_keys{tezos::base58::ed25519_public_key, Prefix{{0x03, 0xfe, 0xe2, 0x56}, 33},
                                            Prefix{{0x03, 0xb2, 0x8b, 0x7f}, 33}, tezos::base58::bls_public_key};
constexpr std::array<Prefix, 5> signatures{tezos::base58::ed25519_signature, Prefix{{0x0d, 0x73, 0x65, 0x13, 0x3f}, 64},
                                           Prefix{{0x36, 0xf0, 0x2c, 0x34}, 64}, tezos::base58::bls_signature,
                                           Prefix{{0x04, 0x82, 0x2b}, 64}};

std::string text_of(const Prefix& prefix, Rest& rest) {
    return tezos::base58::encode(prefix, rest.take(prefix.payload_size()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0)
        return 0;
    Rest rest{{data + 1, size - 1}};
    if (data[0] == 't') {
        const auto keys = rest.line(), address = rest.line(), signature = rest.line();
        check(keys, address, signature, rest.all());
        return 0;
    }
    const std::size_t pick = data[0];
    const auto key = text_of(public_keys[pick & 3U], rest);
    require(parse_client_key(key).has_value());
    const auto address = text_of(addresses[pick >> 2U & 3U], rest);
    const auto signature = text_of(signatures[pick >> 4U & 1U ? 4 : pick & 3U], rest);
    require(parse_client_signature(signature).has_value());
    check(key, address, signature, rest.all());
    return 0;
}
