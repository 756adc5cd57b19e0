// Slowdown of signing while a monitor on another CPU is under attack. Speed limits need an idle machine, so this is one
// of the long tests.
#include <iostream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "test/support/basics/tool.hpp"
#include "test/support/monitor/monitor_harm.hpp"

namespace revenant::test {
namespace {

TEST(monitor_harm_ratio, signing_is_as_fast_as_beside_cpu_load) {
    NEEDS_ROOT("count the descriptors of non-dumpable programs");
    constexpr double most = 1.25;
    constexpr unsigned slices = 3;
    ASSERT_GE(processors().size(), 2U) << "the comparison needs two CPUs";
    const auto runs = rounds(5);
    for (const auto& [harm, ratio] : harm_ratios(runs, slices)) {
        std::cout << fmt::format(
            "monitor {}: signing p95 is {:.2f} times that beside plain CPU load, median of {} runs\n", name(harm),
            ratio, runs);
        EXPECT_LE(ratio, most) << name(harm);
    }
}

}  // namespace
}  // namespace revenant::test
