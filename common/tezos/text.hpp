#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/core/bytes.hpp"
#include "common/tezos/curve.hpp"

/// Keys, signatures and chains as people and nodes write them (Base58Check). Any thread.
namespace revenant::tezos {

/// tz4... or tz1...: BLAKE2b-160 of the raw public key. Throws std::invalid_argument at a wrong size.
std::string address(Curve curve, ByteView public_key);

/// BLpk... or edpk... of a raw public key. Throws std::invalid_argument at a wrong size.
std::string public_key_text(Curve curve, ByteView public_key);

/// BLsig... or edsig... of a raw signature or proof of possession. Throws std::invalid_argument at a wrong size.
std::string signature_text(Curve curve, ByteView signature);

/// Net... of a chain.
std::string chain_text(const ChainId& chain);

/// The curve of a well-formed tz4 or tz1 address; nothing for any other text, also when only the checksum is wrong.
std::optional<Curve> curve_of_address(std::string_view text);

/// Raw bytes that were text, and what they belong to. The size is right; whether they are a point is verify()'s
/// question.
struct Decoded {
    Curve curve;
    Bytes bytes;
};

/// Reads BLpk... or edpk...
std::optional<Decoded> parse_public_key(std::string_view text);

/// Reads BLsig... or edsig...
std::optional<Decoded> parse_signature(std::string_view text);

/// Reads Net...
std::optional<ChainId> parse_chain(std::string_view text);

}  // namespace revenant::tezos
