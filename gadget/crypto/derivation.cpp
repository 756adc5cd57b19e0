#include "gadget/crypto/derivation.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <stdexcept>

#include <blst.h>
#include <sodium.h>

#include "common/core/bytes.hpp"
#include "gadget/crypto/zeroizing.hpp"

namespace revenant::gadget::keystore {
namespace {

constexpr std::size_t min_seed = 32;         // bytes; required by EIP-2333
constexpr std::size_t min_slip10_seed = 16;  // bytes; as BIP-0032
constexpr std::uint32_t hardened = 0x8000'0000;
constexpr std::uint32_t tezos_coin = 1729;  // SLIP-0044

using Node = std::array<std::uint8_t, crypto_auth_hmacsha512_BYTES>;  // 32 bytes of key, 32 of chain code

/// `out` may overlap `key` or a part: they are read before it is written.
void hmac_sha512(Node& out, ByteView key, std::initializer_list<ByteView> parts) {
    Zeroizing<crypto_auth_hmacsha512_state> state;
    crypto_auth_hmacsha512_init(&state.value, key.data(), key.size());
    for (const auto part : parts)
        crypto_auth_hmacsha512_update(&state.value, part.data(), part.size());
    crypto_auth_hmacsha512_final(&state.value, out.data());
}

std::array<std::uint8_t, 4> big_endian(std::uint32_t number) {
    return {static_cast<std::uint8_t>(number >> 24), static_cast<std::uint8_t>(number >> 16),
            static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)};
}

void slip10_step(Node& node, std::uint32_t number) {
    if (number > max_derivation_index)
        throw std::invalid_argument{"derivation path index out of range: hardened indexes are below 2^31"};
    constexpr std::array<std::uint8_t, 1> zero{};
    const auto index = big_endian(number | hardened);
    const ByteView key = ByteView{node}.first(32);
    const ByteView chain_code = ByteView{node}.last(32);
    hmac_sha512(node, chain_code, {zero, key, index});
}

}  // namespace

Secret eip2333_scalar(const Secret& seed, std::span<const std::uint32_t> path) {
    if (seed.size() < min_seed)
        throw std::invalid_argument{"seed too short for a tz4 key: at least 32 bytes are required"};
    Zeroizing<blst_scalar> key;
    {
        const Secret::Reader reader{seed};
        blst_derive_master_eip2333(&key.value, reader.bytes().data(), reader.bytes().size());
    }
    for (const auto number : path) {
        Zeroizing<blst_scalar> parent;
        parent.value = key.value;
        blst_derive_child_eip2333(&key.value, &parent.value, number);
    }
    return Secret{key.value.b};
}

Secret slip10_ed25519_seed(const Secret& seed, std::span<const std::uint32_t> path) {
    if (seed.size() < min_slip10_seed)
        throw std::invalid_argument{"seed too short for a tz1 key: at least 16 bytes are required"};
    constexpr std::array<std::uint8_t, 12> curve_name{'e', 'd', '2', '5', '5', '1', '9', ' ', 's', 'e', 'e', 'd'};
    Zeroizing<Node> node;
    {
        const Secret::Reader reader{seed};
        hmac_sha512(node.value, curve_name, {reader.bytes()});
    }
    for (const auto number : path)
        slip10_step(node.value, number);
    return Secret{std::span{node.value}.first(32)};
}

SigningKey derive(const Secret& seed, tezos::Curve curve, std::uint32_t index) {
    if (seed.size() < min_seed)
        throw std::invalid_argument{"seed too short for key derivation: at least 32 bytes are required"};
    if (index > max_derivation_index)
        throw std::invalid_argument{"derivation index out of range: indexes of a seed are below 2^31"};
    if (curve == tezos::Curve::bls) {
        const std::array<std::uint32_t, 5> path{12381, tezos_coin, 0, 0, index};
        return {curve, eip2333_scalar(seed, path)};
    }
    const std::array<std::uint32_t, 4> path{44, tezos_coin, index, 0};
    return {curve, slip10_ed25519_seed(seed, path)};
}

}  // namespace revenant::gadget::keystore
