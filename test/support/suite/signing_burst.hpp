#pragma once

#include <array>

#include "test/support/suite/baker.hpp"

namespace revenant::test {

/// What a burst asks of each key.
inline constexpr std::array kinds{tezos::Kind::block, tezos::Kind::preattestation, tezos::Kind::attestation};

/// A signature of each kind asked of each key, in burst.
struct SigningBurst {
    std::int32_t level;
    std::vector<std::future<host::Answer>> answers{};
};

SigningBurst start_burst(Baker& baker, std::int32_t level);

/// Each was answered by a signature; asked again it is the same one, and its contrary is refused. Else the test fails.
void finish_burst(Baker& baker, SigningBurst burst);

}  // namespace revenant::test
