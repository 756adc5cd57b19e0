// A baker on schedule over HTTP, under random disturbances of cable and programs: each request with enough cable time
// is signed, and no conflicting payloads are signed.
#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <random>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "test/support/suite/served.hpp"
#include "test/support/suite/steady_baker.hpp"
#include "test/vm/disturber.hpp"
#include "test/vm/vm_baker.hpp"

namespace revenant::test {
namespace {

/// Continuous time with a working device that a request needs within its deadline.
constexpr milliseconds enough_cable_time{1'500};

/// One minute with levels four times as fast as on the chain; or TEST_BAKING_MINUTES minutes at the chain's pace.
Rhythm rhythm() {
    constexpr milliseconds level{6'000};
    constexpr std::int32_t levels_per_minute = 10, compression = 4;
    if (const char* const minutes = std::getenv("TEST_BAKING_MINUTES"))
        return {level, levels_per_minute * std::stoi(minutes)};
    return {level / compression, levels_per_minute * compression};
}

TEST(serve, signs_all_under_disturbances) {
    VmBaker device{with_signer()};
    device.baker.sign.reset();  // the server claims this interface
    device.baker.management.reset();
    const auto port = device.suite.signer_port();
    const auto asked = rhythm();
    Disturber disturber{device.suite, seed()};
    SteadyBaker baker{port, device.baker.keys, asked};
    const Deadline too_long{asked.levels * asked.level + milliseconds{60'000}};
    while (!baker.ended(Deadline{disturber.pause()})) {
        ASSERT_GT(too_long.left(), milliseconds::zero()) << "the baker did not finish";
        disturber.disturb();
    }
    const auto tally = baker.end();
    const auto& trouble = disturber.history();
    std::cout << fmt::format("{} levels of {} ms, {} keys\n{}\n{}\n", asked.levels, asked.level.count(),
                             device.baker.keys.size(), tally.text(), trouble.text());
    const auto had_time = [&](Troubles::Clock::time_point begin) {
        return trouble.max_calm(begin, begin + asked.deadline) >= enough_cable_time;
    };
    for (const auto& miss : tally.misses)
        if (had_time(miss.asked))
            ADD_FAILURE() << miss.what << ", although it had " << enough_cable_time.count() << " ms of cable time:\n"
                          << trouble.around(miss.asked, miss.asked + asked.deadline);
    const auto without = tally.asked.size() - static_cast<std::size_t>(std::ranges::count_if(tally.asked, had_time));
    std::cout << fmt::format(
        "{} requests had less than {} ms of cable time within their deadline; {} of all were missed\n", without,
        enough_cable_time.count(), tally.misses.size());
    EXPECT_EQ(tally.failure, "");
    EXPECT_GE(tally.signatures, static_cast<unsigned>(asked.levels)) << "too few signatures";
    EXPECT_GE(trouble.count(), static_cast<std::size_t>(asked.levels) / 8) << "too few disturbances";
    EXPECT_EQ(device.suite.restarts("signer"), 0U);
    wait_back(device.suite);
}

}  // namespace
}  // namespace revenant::test
