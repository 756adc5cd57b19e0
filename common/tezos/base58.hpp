#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "common/core/bytes.hpp"
#include "common/tezos/curve.hpp"

/// Base58Check as used by Tezos: the prefix is chosen so that the text begins with "tz4", "BLpk" and so on. The
/// checksum is the first four bytes of a double SHA-256. Stateless: any thread.
namespace revenant::tezos::base58 {

/// The bytes before the payload, and the size of the payload in bytes. No prefix begins with a zero byte.
class Prefix {
public:
    constexpr Prefix(std::initializer_list<std::uint8_t> bytes, std::size_t payload)
        : size_{bytes.size()}, payload_size_{payload} {
        std::copy(bytes.begin(), bytes.end(), bytes_.begin());
    }
    [[nodiscard]] constexpr ByteView bytes() const { return {bytes_.data(), size_}; }
    [[nodiscard]] constexpr std::size_t payload_size() const { return payload_size_; }

private:
    std::array<std::uint8_t, 5> bytes_{};
    std::size_t size_;
    std::size_t payload_size_;
};

inline constexpr Prefix tz4_address{{0x06, 0xa1, 0xa6}, 20};                    // tz4
inline constexpr Prefix bls_public_key{{0x06, 0x95, 0x87, 0xcc}, 48};           // BLpk
inline constexpr Prefix bls_signature{{0x28, 0xab, 0x40, 0xcf}, 96};            // BLsig
inline constexpr Prefix bls_secret_key{{0x03, 0x96, 0xc0, 0x28}, 32};           // BLsk, little-endian scalar
inline constexpr Prefix tz1_address{{0x06, 0xa1, 0x9f}, 20};                    // tz1
inline constexpr Prefix ed25519_public_key{{0x0d, 0x0f, 0x25, 0xd9}, 32};       // edpk
inline constexpr Prefix ed25519_signature{{0x09, 0xf5, 0xcd, 0x86, 0x12}, 64};  // edsig
inline constexpr Prefix ed25519_seed{{0x0d, 0x0f, 0x3a, 0x07}, 32};             // edsk, the seed alone
inline constexpr Prefix chain_id{{0x57, 0x52, 0x00}, 4};                        // Net

/// Throws std::invalid_argument if `payload` does not have the size of the prefix. Never use it for a secret: the text
/// is not wiped.
std::string encode(const Prefix& prefix, ByteView payload);

/// Returns the payload if all characters, the checksum, the prefix and the size are valid. Accepts text of any length.
std::optional<Bytes> decode(const Prefix& prefix, std::string_view text);

}  // namespace revenant::tezos::base58
