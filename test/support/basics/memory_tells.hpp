#pragma once

namespace revenant::test {

/// Whether a program's memory can be judged: a sanitizer keeps freed memory for a while, and makes each block larger.
#ifdef __SANITIZE_ADDRESS__
inline constexpr bool memory_tells = false;
#else
inline constexpr bool memory_tells = true;
#endif

}  // namespace revenant::test
