#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/core/bytes.hpp"

/// Base58Check text of clients' keys and signatures. Clients may use every curve of Tezos, devices use two.
/// Stateless: any thread.
namespace revenant::host::serve {

/// The values are the tags of Octez's binary addresses, before the hash (src/lib_crypto/signature_v2.ml).
enum class KeyKind : std::uint8_t { ed25519 = 0, secp256k1 = 1, p256 = 2, bls = 3 };

/// The content of tz1..., tz2..., tz3... or tz4...
struct Address {
    KeyKind kind;
    Bytes hash;  ///< 20 bytes
};

/// The content of edpk..., sppk..., p2pk... or BLpk... The size is checked; whether it is a point of the curve is not.
struct ClientKey {
    KeyKind kind;
    Bytes bytes;
};

/// The content of edsig..., spsig1..., p2sig..., BLsig... or sig...
struct ClientSignature {
    std::optional<KeyKind> kind;  ///< none: from sig..., which has no kind and is too short for BLS
    Bytes bytes;
};

// These return nothing for any other text, including a wrong checksum.
std::optional<Address> parse_address(std::string_view text);
std::optional<ClientKey> parse_client_key(std::string_view text);
std::optional<ClientSignature> parse_client_signature(std::string_view text);

/// Whether the text has the prefix of a secret key, in clear or encrypted. Such a text must not be shown or logged.
bool looks_secret(std::string_view text);

/// Returns tz1..., tz2..., tz3... or tz4...
std::string address_text(const ClientKey& key);

}  // namespace revenant::host::serve
