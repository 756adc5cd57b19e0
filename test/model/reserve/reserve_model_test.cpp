#include <cstdlib>
#include <iostream>
#include <string>

#include <gtest/gtest.h>

#include "test/model/reserve/cases.hpp"
#include "test/model/reserve/explorer.hpp"

/// The reserve of marks: the complete design survives every history within the bounds; without one of its rules a
/// history breaks it.
namespace revenant::model::reserve {
namespace {

/// Enough for each removal; a guard for the memory.
constexpr std::size_t max_states_of_removal = 1'000'000;

/// TEST_ROUNDS: thousands of states per search of the complete design.
std::size_t max_states() {
    const char* const thousands = std::getenv("TEST_ROUNDS");
    return 1000 * (thousands == nullptr ? 100 : std::stoul(thousands));
}

std::string to_text(const Found& found) {
    auto text = std::to_string(found.states) + (found.is_exhausted ? " states, which are all\n" : " states\n");
    for (const auto& line : found.trace)
        text += "  " + line + '\n';
    return text;
}

class ReserveRule : public testing::TestWithParam<Removal> {};

/// A rule that another one implies gives none: its violation is `none`.
TEST_P(ReserveRule, removed_gives_counterexample) {
    Setting setting{{}, GetParam().bounds};
    for (const auto rule : GetParam().rules)
        setting.rules.*rule = false;
    const auto found = explore(setting, max_states_of_removal, GetParam().violation);
    std::cout << to_text(found);
    EXPECT_EQ(found.violation, GetParam().violation);
    EXPECT_TRUE(found.violation != Violation::none || found.is_exhausted) << "the bounds are too wide for a verdict";
}

TEST_P(ReserveRule, kept_gives_none) {
    const auto found = explore({{}, GetParam().bounds}, max_states());
    EXPECT_EQ(found.violation, Violation::none) << to_text(found);
}

INSTANTIATE_TEST_SUITE_P(reserve, ReserveRule, testing::ValuesIn(removals()),
                         [](const auto& removal) { return std::string{removal.param.name}; });

class ReserveDesign : public testing::TestWithParam<Survey> {};

TEST_P(ReserveDesign, complete_has_no_counterexample) {
    const auto found = explore({{}, GetParam().bounds}, max_states());
    std::cout << to_text(found);
    EXPECT_EQ(found.violation, Violation::none);
}

INSTANTIATE_TEST_SUITE_P(reserve, ReserveDesign, testing::ValuesIn(surveys()),
                         [](const auto& survey) { return std::string{survey.param.name}; });

}  // namespace
}  // namespace revenant::model::reserve
