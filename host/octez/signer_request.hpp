#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/core/bytes.hpp"
#include "common/http/target.hpp"
#include "common/tezos/text.hpp"
#include "host/error/error.hpp"
#include "host/octez/client_text.hpp"

/// Parses requests to the Octez remote signer from the text of an HTTP request, which is untrusted. Stateless: any
/// thread.
namespace revenant::host::serve {

/// The path does not support the method.
class MethodError : public Error {
public:
    MethodError(const std::string& sentence, const char* allowed)
        : Error{Fault::bad_method, sentence}, allowed_{allowed} {}
    /// The value of the header field Allow.
    [[nodiscard]] const char* allowed() const { return allowed_; }

private:
    const char* allowed_;
};

enum class Route : std::uint8_t { authorized_keys, known_keys, public_key, signature, proof, alive, ready, metrics };

struct SignerRequest {
    Route route = Route::alive;
    std::string address{};  ///< tz1... or tz4..., well-formed; for public_key, signature and proof
    tezos::Curve curve = tezos::Curve::bls;
    std::optional<ClientSignature> authentication{};  ///< for signature
    std::string proven_key{};                         ///< for proof: bls_pk, the public key to prove; empty: its own
};

/// The longest body with a message to sign, in bytes: a node accepts operations up to 32 KiB, here as quoted hex.
inline constexpr std::size_t max_body = 65536 + 2;

/// Parses a method ("GET") and a target ("/keys/tz4...?version=2") below `prefix` ("" or "/signer"). Throws Error.
SignerRequest read_signer_request(std::string_view method, const http::Target& target, std::string_view prefix);

/// Parses the message to sign: a JSON string of hexadecimal digits. Throws Error.
Bytes read_message(std::string_view body);

}  // namespace revenant::host::serve
