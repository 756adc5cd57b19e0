#pragma once

namespace revenant::test {

/// Whether memory usage can be judged: a sanitizer delays the release of freed memory and enlarges each block.
#ifdef __SANITIZE_ADDRESS__
inline constexpr bool memory_tells = false;
#else
inline constexpr bool memory_tells = true;
#endif

}  // namespace revenant::test
