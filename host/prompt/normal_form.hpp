#pragma once

#include "common/core/secret.hpp"

namespace revenant::host {

/// The text in Unicode's normal form C: keyboards and systems write "é" as one code point or as two, and the device
/// compares bytes. A text that is not UTF-8 is returned unchanged. No copy leaves guarded memory.
Secret in_normal_form(Secret text);

}  // namespace revenant::host
