// The device beside programs that leave it little processor time.
#include <thread>

#include <gtest/gtest.h>

#include "test/support/suite/baker.hpp"
#include "test/support/suite/status.hpp"

namespace revenant::test {
namespace {

std::size_t times_ready(Suite& suite) {
    const std::string line = "gadget heartbeat received: ready";
    const auto log = suite.log("liveness");
    std::size_t found = 0;
    for (auto at = log.find(line); at != std::string::npos; at = log.find(line, at + 1))
        ++found;
    return found;
}

/// Only a hang is not ready: a late heartbeat is not. TEST_ROUNDS: seconds.
TEST(starved, device_stays_ready_beside_busy_loops) {
    Baker baker{{}};
    const auto before = times_ready(baker.suite);
    {
        std::vector<std::jthread> loops(4 * std::thread::hardware_concurrency());
        for (auto& loop : loops)
            loop = std::jthread{[](const std::stop_token& stop) {
                while (!stop.stop_requested()) {
                }
            }};
        for (unsigned second = 0; second < rounds(1); ++second) {
            std::this_thread::sleep_for(std::chrono::seconds{1});
            baker.signature(baker.keys[0],
                            operation(baker.keys[0].curve, tezos::Kind::block, static_cast<std::int32_t>(second) + 1));
        }
    }
    EXPECT_EQ(times_ready(baker.suite), before);
    EXPECT_EQ(baker.suite.status("liveness").at("state"), "alive");
}

}  // namespace
}  // namespace revenant::test
