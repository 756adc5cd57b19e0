#pragma once

#include <optional>
#include <string>

#include "common/core/secret.hpp"

namespace revenant::host {

/// Source of the passphrase; the first one present is used. Never the command line: other users can read it.
struct PassphraseSource {
    std::optional<int> descriptor{};  ///< its first line, or all of it without a newline
    std::string variable{};           ///< environment variable; wiped and unset when read
    bool variable_required = false;   ///< named by the user, so it must exist
    bool exact = false;               ///< without normalization
};

/// Reads the passphrase directly into guarded memory, in Unicode's normal form C. Without a descriptor or a variable,
/// prompts on the terminal without echo. A new passphrase is prompted for twice, is rejected if no prompt would accept
/// it (control characters, marks of a paste, a byte order mark), and causes a note on standard error if it is not
/// ASCII. Blocks. Throws Error.
Secret read_passphrase(const PassphraseSource& source, bool is_new);

}  // namespace revenant::host
