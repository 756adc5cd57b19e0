#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/core/bytes.hpp"
#include "common/tezos/text.hpp"
#include "host/octez/client_text.hpp"
#include "host/octez/problem.hpp"

/// What a client of the Octez remote signer asks, read from the text of an HTTP request. The text may come from anyone.
/// No state: any thread.
namespace revenant::host::serve {

enum class Route : std::uint8_t { authorized_keys, known_keys, public_key, signature, proof, alive, ready, metrics };

struct SignerRequest {
    Route route = Route::alive;
    std::string address{};  ///< tz1… or tz4…, well-formed; of public_key, signature and proof
    tezos::Curve curve = tezos::Curve::bls;
    std::optional<ClientSignature> authentication{};  ///< of signature
    std::string proven_key{};                         ///< of proof: the public key that it is to be of, if not its own
};

/// The longest body that can be a message to sign (bytes): an operation of 32 KiB, the most that a node takes, in hex.
inline constexpr std::size_t max_body = 65536 + 2;

/// Reads a method ("GET") and a target ("/keys/tz4…?version=2") below `prefix` ("" or "/signer"). Throws Problem.
SignerRequest read_signer_request(std::string_view method, std::string_view target, std::string_view prefix);

/// Reads the message to sign: a JSON string of hexadecimal digits. Throws Problem.
Bytes read_message(std::string_view body);

}  // namespace revenant::host::serve
