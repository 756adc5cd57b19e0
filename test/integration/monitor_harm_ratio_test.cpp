// How much slower signing gets by what is done to a monitor on another processor. Limits on speed are for a machine
// that does nothing else, so this runs among the long tests.
#include <iostream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "test/support/basics/tool.hpp"
#include "test/support/monitor/monitor_harm.hpp"

namespace revenant::test {
namespace {

TEST(monitor_harm_ratio, signing_is_no_slower_than_beside_mere_work) {
    NEEDS_ROOT("count the descriptors of programs that are not dumpable");
    constexpr double most = 1.25;
    constexpr unsigned slices = 3;
    ASSERT_GE(processors().size(), 2U) << "it takes two processors to compare";
    const auto runs = rounds(5);
    for (const auto& [harm, ratio] : harm_ratios(runs, slices)) {
        std::cout << fmt::format("monitor {}: signing p95 is {:.2f} times that beside mere work, median of {} runs\n",
                                 name(harm), ratio, runs);
        EXPECT_LE(ratio, most) << name(harm);
    }
}

}  // namespace
}  // namespace revenant::test
