#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/core/bytes.hpp"
#include "common/tezos/curve.hpp"

/// Text form of keys, signatures and chains (Base58Check). Any thread.
namespace revenant::tezos {

/// tz4... or tz1...: BLAKE2b-160 of the raw public key. Throws std::invalid_argument for a wrong size.
std::string address(Curve curve, ByteView public_key);

/// BLpk... or edpk... of a raw public key. Throws std::invalid_argument for a wrong size.
std::string public_key_text(Curve curve, ByteView public_key);

/// BLsig... or edsig... of a raw signature or proof of possession. Throws std::invalid_argument for a wrong size.
std::string signature_text(Curve curve, ByteView signature);

/// Net... of a chain id.
std::string chain_text(const ChainId& chain);

/// Returns the curve of a well-formed tz4 or tz1 address; nothing for any other text, also if only the checksum is
/// wrong.
std::optional<Curve> curve_of_address(std::string_view text);

/// Decoded bytes and their curve. The size is correct; only verify() checks whether they are a valid point.
struct Decoded {
    Curve curve;
    Bytes bytes;
};

/// Parses BLpk... or edpk...
std::optional<Decoded> parse_public_key(std::string_view text);

/// Parses BLsig... or edsig...
std::optional<Decoded> parse_signature(std::string_view text);

/// Parses Net...
std::optional<ChainId> parse_chain(std::string_view text);

}  // namespace revenant::tezos
