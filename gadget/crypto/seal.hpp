#pragma once

#include <cstddef>
#include <initializer_list>
#include <span>
#include <string_view>

#include "common/core/bytes.hpp"
#include "common/core/secret.hpp"

/// XChaCha20-Poly1305 of libsodium: the boards have no AES instructions, and a nonce of 24 random bytes never repeats.
/// A blob is nonce, ciphertext and tag. Any thread.
namespace revenant::gadget::keystore {

inline constexpr std::size_t key_size = 32;
inline constexpr std::size_t seal_overhead = 24 + 16;

/// What a blob is bound to: every part with its length, so that no two lists run together.
Bytes context(std::initializer_list<std::string_view> parts);

/// Writes plain.size() + seal_overhead bytes.
void seal(const Secret& key, ByteView plain, ByteView bound_to, std::span<std::uint8_t> into);
Bytes seal(const Secret& key, ByteView plain, ByteView bound_to);
Bytes seal(const Secret& key, const Secret& plain, ByteView bound_to);

/// Fills `plain`, whose size must be that of the blob less seal_overhead. False when the blob is not authentic.
bool unseal(const Secret& key, ByteView sealed, ByteView bound_to, std::span<std::uint8_t> plain);
/// The same into guarded memory; empty when the blob is not authentic.
Secret unseal(const Secret& key, ByteView sealed, ByteView bound_to);

/// Random bytes in guarded memory.
Secret random_secret(std::size_t size);

}  // namespace revenant::gadget::keystore
