#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace revenant::gadget::keystore {

/// The cause of a refusal, for choosing an error number; the text is for the operator.
enum class Cause : std::uint8_t {
    bad_id,               // not a key id
    not_found,            // no such key
    exists,               // the id is taken
    full,                 // the store holds its 64 keys
    not_initialised,      // no master key yet
    already_initialised,  // a master key exists
    throttled,            // too many failed passphrases
    wrong_passphrase,
    corrupted,      // lost or damaged: an operator must act
    storage,        // I/O error, possibly transient
    stale,          // at or below what was signed
    over_budget,    // too far ahead of what was signed
    out_of_bounds,  // level above the maximum, or too many chains
    which_chain,    // the key has several chains and the request names none
};

struct Failure {
    Cause cause;
    std::string text;  // one sentence: the object, the cause, the remedy
};

template <typename T>
using Expected = std::variant<T, Failure>;

/// Empty: success.
using Outcome = std::optional<Failure>;

/// The wire protocol's error code for a signing failure with this cause: 31, 33, 34, else 30.
std::uint32_t sign_error_code(Cause cause);

}  // namespace revenant::gadget::keystore
