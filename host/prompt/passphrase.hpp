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
};

/// Reads the passphrase directly into guarded memory. Without a descriptor or a variable, prompts on the terminal
/// without echo; `twice` for a new passphrase. Blocks. Throws Error.
Secret read_passphrase(const PassphraseSource& source, bool twice);

}  // namespace revenant::host
