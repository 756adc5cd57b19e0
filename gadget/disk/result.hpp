#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace revenant::gadget::keystore {

/// Why something was refused, for code that must choose an error number; the text is for the person.
enum class Cause : std::uint8_t {
    bad_id,               // not a key id
    not_found,            // no such key
    exists,               // the id is taken
    full,                 // the store holds its 64 keys
    not_initialised,      // no master yet
    already_initialised,  // a master is there
    throttled,            // too many failed passphrases
    wrong_passphrase,
    corrupted,      // lost or damaged: needs a person
    storage,        // the disk refused: may pass
    stale,          // at or below what was signed
    over_budget,    // too far ahead of what was signed
    out_of_bounds,  // a level that nobody may reach, or one chain too many
    which_chain,    // the key has several chains and none was named
};

struct Failure {
    Cause cause;
    std::string text;  // one sentence: the thing, the cause, the remedy
};

template <typename T>
using Expected = std::variant<T, Failure>;

/// Empty: done.
using Outcome = std::optional<Failure>;

/// The wire protocol's error code when signing met this cause: 31, 33, 34, else 30.
std::uint32_t sign_error_code(Cause cause);

}  // namespace revenant::gadget::keystore
