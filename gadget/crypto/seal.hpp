#pragma once

#include <cstddef>
#include <initializer_list>
#include <span>
#include <string_view>

#include "common/core/bytes.hpp"
#include "common/core/secret.hpp"

/// XChaCha20-Poly1305 of libsodium: the boards have no AES instructions, and random 24-byte nonces do not collide. A
/// blob is nonce, ciphertext and tag. Any thread.
namespace revenant::gadget::keystore {

inline constexpr std::size_t key_size = 32;
inline constexpr std::size_t seal_overhead = 24 + 16;

/// Associated data of a blob: every part with its length prefix, so that different lists never encode to the same
/// bytes.
Bytes context(std::initializer_list<std::string_view> parts);

/// Writes plain.size() + seal_overhead bytes.
void seal(const Secret& key, ByteView plain, ByteView bound_to, std::span<std::uint8_t> into);
Bytes seal(const Secret& key, ByteView plain, ByteView bound_to);
Bytes seal(const Secret& key, const Secret& plain, ByteView bound_to);

/// Decrypts into `plain`, whose size must be the blob's size minus seal_overhead. Returns false when the blob is not
/// authentic.
bool unseal(const Secret& key, ByteView sealed, ByteView bound_to, std::span<std::uint8_t> plain);
/// Decrypts into guarded memory; empty when the blob is not authentic.
Secret unseal(const Secret& key, ByteView sealed, ByteView bound_to);

/// Random bytes in guarded memory.
Secret random_secret(std::size_t size);

}  // namespace revenant::gadget::keystore
