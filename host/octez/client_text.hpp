#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/core/bytes.hpp"

/// Keys and signatures of clients as they write them. A client's may be of each curve of Tezos, a device's of two.
/// No state: any thread.
namespace revenant::host::serve {

/// The values are the tags that Octez puts before the hash of an address in binary (src/lib_crypto/signature_v2.ml).
enum class KeyKind : std::uint8_t { ed25519 = 0, secp256k1 = 1, p256 = 2, bls = 3 };

/// What stands in tz1…, tz2…, tz3… or tz4….
struct Address {
    KeyKind kind;
    Bytes hash;  ///< 20 bytes
};

/// What stands in edpk…, sppk…, p2pk… or BLpk…. The size is right; whether it is a point of the curve is another
/// question.
struct ClientKey {
    KeyKind kind;
    Bytes bytes;
};

/// What stands in edsig…, spsig1…, p2sig…, BLsig… or sig….
struct ClientSignature {
    std::optional<KeyKind> kind;  ///< none: of sig…, which does not tell and is too short for BLS
    Bytes bytes;
};

// Nothing for any other text, also when only the checksum is wrong.
std::optional<Address> parse_address(std::string_view text);
std::optional<ClientKey> parse_client_key(std::string_view text);
std::optional<ClientSignature> parse_client_signature(std::string_view text);

/// Whether it begins as a secret key does, in clear or encrypted: such a text is not to be repeated to anyone.
bool looks_secret(std::string_view text);

/// tz1…, tz2…, tz3… or tz4….
std::string address_text(const ClientKey& key);

}  // namespace revenant::host::serve
