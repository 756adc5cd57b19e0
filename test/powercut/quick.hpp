#pragma once

#include <cstdint>

namespace revenant::powercut {

/// From now on the keys, salts and nonces follow from `seed`. Call it before sodium_init().
void seed_secrets(std::uint64_t seed);

}  // namespace revenant::powercut
