#pragma once

#include <optional>
#include <string>

#include "common/core/secret.hpp"

namespace revenant::host {

/// Where the passphrase comes from; the first that is there. Never the command line: other users can read that.
struct PassphraseSource {
    std::optional<int> descriptor{};  ///< its first line, or all of it
    std::string variable{};           ///< of the environment; wiped and unset as it is read
    bool variable_required = false;   ///< it was named, so it must exist
};

/// Reads the passphrase straight into guarded memory; without a descriptor or a variable it is asked for on the
/// terminal, without echo, and `twice` if it is to be a new one. Blocks. Throws Failure.
Secret read_passphrase(const PassphraseSource& source, bool twice);

}  // namespace revenant::host
