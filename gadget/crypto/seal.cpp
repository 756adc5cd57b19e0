#include "gadget/crypto/seal.hpp"

#include <sodium.h>

namespace revenant::gadget::keystore {
namespace {

constexpr std::size_t nonce_size = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
static_assert(nonce_size + crypto_aead_xchacha20poly1305_ietf_ABYTES == seal_overhead);
static_assert(crypto_aead_xchacha20poly1305_ietf_KEYBYTES == key_size);

}  // namespace

Bytes context(std::initializer_list<std::string_view> parts) {
    Bytes bytes;
    for (const auto part : parts) {
        bytes.push_back(static_cast<std::uint8_t>(part.size() & 0xff));
        bytes.push_back(static_cast<std::uint8_t>(part.size() >> 8));
        bytes.insert(bytes.end(), part.begin(), part.end());
    }
    return bytes;
}

void seal(const Secret& key, ByteView plain, ByteView bound_to, std::span<std::uint8_t> into) {
    const auto nonce = into.first(nonce_size);
    randombytes_buf(nonce.data(), nonce.size());
    const Secret::Reader open_key{key};
    crypto_aead_xchacha20poly1305_ietf_encrypt(into.data() + nonce_size, nullptr, plain.data(), plain.size(),
                                               bound_to.data(), bound_to.size(), nullptr, nonce.data(),
                                               open_key.bytes().data());
}

Bytes seal(const Secret& key, ByteView plain, ByteView bound_to) {
    Bytes sealed(plain.size() + seal_overhead);
    seal(key, plain, bound_to, sealed);
    return sealed;
}

Bytes seal(const Secret& key, const Secret& plain, ByteView bound_to) {
    const Secret::Reader open_plain{plain};
    return seal(key, open_plain.bytes(), bound_to);
}

bool unseal(const Secret& key, ByteView sealed, ByteView bound_to, std::span<std::uint8_t> plain) {
    if (sealed.size() < seal_overhead || plain.size() != sealed.size() - seal_overhead || key.size() != key_size)
        return false;
    const auto body = sealed.subspan(nonce_size);
    const Secret::Reader open_key{key};
    return crypto_aead_xchacha20poly1305_ietf_decrypt(plain.data(), nullptr, nullptr, body.data(), body.size(),
                                                      bound_to.data(), bound_to.size(), sealed.data(),
                                                      open_key.bytes().data()) == 0;
}

Secret unseal(const Secret& key, ByteView sealed, ByteView bound_to) {
    if (sealed.size() < seal_overhead)
        return {};
    bool authentic = false;
    Secret plain{sealed.size() - seal_overhead,
                 [&](std::span<std::uint8_t> into) { authentic = unseal(key, sealed, bound_to, into); }};
    return authentic ? std::move(plain) : Secret{};
}

Secret random_secret(std::size_t size) {
    return Secret{size, [](std::span<std::uint8_t> into) { randombytes_buf(into.data(), into.size()); }};
}

}  // namespace revenant::gadget::keystore
