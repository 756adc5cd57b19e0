#include <cstdlib>
#include <iostream>
#include <random>
#include <string>

#include <gtest/gtest.h>
#include <sodium.h>

#include "test/powercut/explorer.hpp"
#include "test/powercut/quick.hpp"

namespace revenant::powercut {
namespace {

std::uint64_t variable(const char* name, std::uint64_t usual) {
    const char* const text = std::getenv(name);
    return text == nullptr ? usual : std::stoull(text);
}

/// TEST_ROUNDS: thousands of different states. TEST_SEED: the seed that a run printed.
TEST(PowerCut, random_histories_keep_every_promise) {
    const auto wanted = 1000 * variable("TEST_ROUNDS", 100);
    const auto seed = variable("TEST_SEED", std::random_device{}());
    std::cout << "TEST_SEED=" << seed << std::endl;
    seed_secrets(seed);
    ASSERT_GE(sodium_init(), 0);
    Random random{seed};
    const Effort effort;
    Explorer explorer{effort, random};
    std::size_t histories = 0;
    try {
        for (; explorer.distinct() < wanted; ++histories)
            explorer.explore(random_history(random));
    } catch (const Violation& violation) {
        ADD_FAILURE() << violation.what();
    }
    std::cout << explorer.opened() << " states of " << histories << " histories opened, " << explorer.distinct()
              << " of them with different bytes" << std::endl;
}

}  // namespace
}  // namespace revenant::powercut
