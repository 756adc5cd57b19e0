#pragma once

#include <cstddef>

#include "common/core/secret.hpp"

namespace revenant::test {

/// Number of copies of `secret` in the writable memory of this process, without memory that is excluded from core
/// dumps, which all guarded memory is. Throws std::system_error if /proc cannot be read.
std::size_t unguarded_copies(const Secret& secret);

}  // namespace revenant::test
