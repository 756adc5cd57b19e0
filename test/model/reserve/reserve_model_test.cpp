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

std::string to_text(const std::vector<std::string>& trace) {
    std::string text;
    for (const auto& line : trace)
        text += "  " + line + '\n';
    return text;
}

/// TEST_ROUNDS: thousands of states per search.
std::size_t max_states() {
    const char* const thousands = std::getenv("TEST_ROUNDS");
    return 1000 * (thousands == nullptr ? 150 : std::stoul(thousands));
}

class ReserveRule : public testing::TestWithParam<Removal> {};

TEST_P(ReserveRule, removed_gives_counterexample) {
    Setting setting{{}, GetParam().bounds};
    for (const auto rule : GetParam().rules)
        setting.rules.*rule = false;
    const auto found = explore(setting, max_states(), GetParam().violation);
    std::cout << found.states << " states, " << found.trace.size() << " events:\n" << to_text(found.trace);
    EXPECT_EQ(found.violation, GetParam().violation);
}

INSTANTIATE_TEST_SUITE_P(reserve, ReserveRule, testing::ValuesIn(removals()),
                         [](const auto& removal) { return std::string{removal.param.name}; });

class ReserveDesign : public testing::TestWithParam<Survey> {};

TEST_P(ReserveDesign, complete_has_no_counterexample) {
    const auto found = explore({{}, GetParam().bounds}, max_states());
    EXPECT_EQ(found.violation, Violation::none) << to_text(found.trace);
    std::cout << found.states << " states, " << (found.is_exhausted ? "all" : "not all") << " within the budget\n";
}

INSTANTIATE_TEST_SUITE_P(reserve, ReserveDesign, testing::ValuesIn(surveys()),
                         [](const auto& survey) { return std::string{survey.param.name}; });

}  // namespace
}  // namespace revenant::model::reserve
