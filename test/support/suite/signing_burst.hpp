#pragma once

#include <array>

#include "test/support/suite/baker.hpp"

namespace revenant::test {

/// Operation kinds in a burst.
inline constexpr std::array kinds{tezos::Kind::block, tezos::Kind::preattestation, tezos::Kind::attestation};

/// One pending signature request of each kind for each key.
struct SigningBurst {
    std::int32_t level;
    std::vector<std::future<host::Answer>> answers{};
};

SigningBurst start_burst(Baker& baker, std::int32_t level);

/// Expects a signature for each request, the same one for a repeat, and stale_watermark for a conflicting payload.
void finish_burst(Baker& baker, SigningBurst burst);

}  // namespace revenant::test
