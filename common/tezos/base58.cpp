#include "common/tezos/base58.hpp"

#include <stdexcept>

#include <fmt/format.h>
#include <sodium.h>

namespace revenant::tezos::base58 {
namespace {

constexpr std::string_view alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
constexpr std::size_t checksum_size = 4;

Hash32 sha256(ByteView bytes) {
    Hash32 hash;
    crypto_hash_sha256(hash.data(), bytes.data(), bytes.size());
    return hash;
}

std::array<std::uint8_t, checksum_size> checksum(ByteView bytes) {
    const auto hash = sha256(sha256(bytes));
    return {hash[0], hash[1], hash[2], hash[3]};
}

/// Converts a big-endian number to base 58. Its first byte is not zero, so there are no leading ones to add.
std::string to_text(ByteView number) {
    std::string digits;  // least significant first; values until the end
    for (const unsigned byte : number) {
        unsigned carry = byte;
        for (auto& digit : digits) {
            carry += static_cast<unsigned>(digit) << 8;
            digit = static_cast<char>(carry % 58);
            carry /= 58;
        }
        for (; carry > 0; carry /= 58)
            digits.push_back(static_cast<char>(carry % 58));
    }
    std::string text;
    for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit)
        text.push_back(alphabet[static_cast<std::size_t>(*digit)]);
    return text;
}

/// Converts base 58 text to a big-endian number of exactly `size` bytes. Returns nothing for an invalid character or a
/// number that is too large. Work is bounded by `size`, not by the text: a long text overflows, since its first digit
/// is not zero.
std::optional<Bytes> to_number(std::string_view text, std::size_t size) {
    if (text.starts_with(alphabet[0]))
        return std::nullopt;  // a leading zero byte: no prefix has one, and each payload has one text
    Bytes number(size);
    for (const char character : text) {
        const auto digit = alphabet.find(character);
        if (digit == std::string_view::npos)
            return std::nullopt;
        unsigned carry = static_cast<unsigned>(digit);
        for (auto byte = number.rbegin(); byte != number.rend(); ++byte) {
            carry += *byte * 58u;
            *byte = static_cast<std::uint8_t>(carry);
            carry >>= 8;
        }
        if (carry > 0)
            return std::nullopt;
    }
    return number;
}

}  // namespace

std::string encode(const Prefix& prefix, ByteView payload) {
    if (payload.size() != prefix.payload_size())
        throw std::invalid_argument{
            fmt::format("Base58Check: the payload has {} bytes, expected {}", payload.size(), prefix.payload_size())};
    Bytes number(prefix.bytes().begin(), prefix.bytes().end());
    number.insert(number.end(), payload.begin(), payload.end());
    const auto check = checksum(number);
    number.insert(number.end(), check.begin(), check.end());
    return to_text(number);
}

std::optional<Bytes> decode(const Prefix& prefix, std::string_view text) {
    const auto checked_size = prefix.bytes().size() + prefix.payload_size();
    const auto number = to_number(text, checked_size + checksum_size);
    if (!number)
        return std::nullopt;
    const auto checked = ByteView{*number}.first(checked_size);
    if (!std::ranges::equal(checksum(checked), ByteView{*number}.last(checksum_size)))
        return std::nullopt;
    if (!std::ranges::equal(prefix.bytes(), checked.first(prefix.bytes().size())))
        return std::nullopt;
    const auto payload = checked.last(prefix.payload_size());
    return Bytes(payload.begin(), payload.end());
}

}  // namespace revenant::tezos::base58
