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
