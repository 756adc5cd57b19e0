#pragma once

#include "common/core/bytes.hpp"

namespace revenant::host {

/// Rejects a passphrase that no prompt would accept: with control characters, the marks of a pasted text or a leading
/// byte order mark. Writes a note to standard error if it is not ASCII. Throws Error.
void check_new_passphrase(ByteView text);

}  // namespace revenant::host
