#include "gadget/marks/marks.hpp"

#include <limits>

#include <gtest/gtest.h>

namespace revenant::gadget::keystore {
namespace {

constexpr ChainId a_chain{1, 2, 3, 4};
constexpr Hash32 one{1};
constexpr Hash32 two{2};

Operation attestation(std::int32_t level, std::int32_t round = 0) {
    return {Kind::attestation, a_chain, level, round};
}

Marks marked(std::int32_t level, std::int32_t round, std::uint32_t budget = 1000) {
    Marks marks;
    marks.budget = budget;
    return advanced(marks, attestation(level, round), one);
}

TEST(marks, judge_orders_by_level_then_round) {
    struct Row {
        std::int32_t level, round;
        Hash32 hash;
        Standing standing;
    };
    const auto marks = marked(100, 2);
    for (const auto& row : std::initializer_list<Row>{{100, 2, one, Standing::repeats},
                                                      {100, 2, two, Standing::stale},
                                                      {100, 1, one, Standing::stale},
                                                      {99, 9, one, Standing::stale},
                                                      {0, 0, one, Standing::stale},
                                                      {100, 3, one, Standing::advances},
                                                      {101, 0, two, Standing::advances},
                                                      {1100, 0, two, Standing::advances},
                                                      {1101, 0, two, Standing::over_budget}})
        EXPECT_EQ(judge(marks, attestation(row.level, row.round), row.hash), row.standing)
            << row.level << "/" << row.round;
}

TEST(marks, kinds_have_separate_marks) {
    const auto marks = marked(100, 2);
    EXPECT_EQ(judge(marks, {Kind::block, a_chain, 50, 0}, two), Standing::advances);
    EXPECT_EQ(judge(marks, {Kind::preattestation, a_chain, 100, 2}, two), Standing::advances);
}

TEST(marks, mark_without_hash_never_repeats) {
    const auto marks = raised(Marks{}, 100);
    EXPECT_EQ(judge(marks, attestation(100, 0), Hash32{}), Standing::stale);
    EXPECT_EQ(judge(marks, attestation(100, 1), Hash32{}), Standing::advances);
}

TEST(marks, first_mark_up_to_max_level) {
    EXPECT_EQ(judge(Marks{}, attestation(static_cast<std::int32_t>(max_level)), one), Standing::advances);
    EXPECT_EQ(judge(Marks{}, attestation(static_cast<std::int32_t>(max_level) + 1), one), Standing::out_of_bounds);
    EXPECT_EQ(max_level, 2'147'483'647 - 1'000'000);
}

TEST(marks, jump_counts_from_highest_kind) {
    auto marks = marked(100, 0);
    EXPECT_EQ(jump(marks, 101), 1);
    EXPECT_EQ(jump(marks, 102), 2);
    EXPECT_EQ(jump(marks, 100), 0);
    EXPECT_EQ(jump(marks, 50), 0);
    marks = advanced(marks, {Kind::block, a_chain, 500, 0}, one);
    EXPECT_EQ(jump(marks, 510), 10);
    EXPECT_EQ(jump(Marks{}, 1'000'000), 0);
}

TEST(marks, bound_refuses_all_rounds_up_to_its_level) {
    const auto last = std::numeric_limits<std::int32_t>::max();
    const auto bounds = bounded(108, 1000, Bound::lost_slot);
    EXPECT_EQ(bounds.of(Kind::block), (Mark{108, last, false, {}, Bound::lost_slot}));
    EXPECT_TRUE(is_bound(bounds.of(Kind::block)));
    EXPECT_EQ(judge(bounds, attestation(108, last), one), Standing::stale);
    EXPECT_EQ(judge(bounds, attestation(109), one), Standing::advances);
    EXPECT_TRUE(bound(-1, Bound::reserve).none());
    EXPECT_EQ(bound(std::int64_t{last} + 70, Bound::reserve).level, last);
}

TEST(marks, higher_takes_later_position_of_each_kind) {
    auto older = marked(100, 0, 7);
    older = advanced(older, {Kind::block, a_chain, 50, 1}, one);
    auto newer = marked(101, 0, 900);
    newer = advanced(newer, {Kind::block, a_chain, 50, 0}, two);
    for (const auto& both : {higher(older, newer), higher(newer, older)}) {
        EXPECT_EQ(both.of(Kind::attestation), (Mark{101, 0, true, one}));
        EXPECT_EQ(both.of(Kind::block), (Mark{50, 1, true, one}));
        EXPECT_TRUE(both.of(Kind::preattestation).none());
        EXPECT_EQ(both.budget, 7U);
    }
}

TEST(marks, higher_of_two_payloads_has_no_hash) {
    const auto here = marked(100, 2);
    const auto there = advanced(Marks{}, attestation(100, 2), two);
    EXPECT_EQ(higher(here, here), here);
    EXPECT_EQ(higher(here, there).of(Kind::attestation), (Mark{100, 2, false, {}}));
    const auto unknown = raised(Marks{}, 100);
    const auto known = advanced(unknown, attestation(100), one);
    EXPECT_FALSE(higher(known, unknown).of(Kind::attestation).has_hash) << "another payload may have been signed";
}

TEST(marks, raised_keeps_higher_marks) {
    auto marks = marked(100, 2);
    marks = advanced(marks, {Kind::block, a_chain, 90, 1}, two);
    const auto next = raised(marks, 100);
    EXPECT_EQ(next.of(Kind::attestation), (Mark{100, 2, true, one}));
    EXPECT_EQ(next.of(Kind::block), (Mark{100, 0, false, {}}));
    EXPECT_EQ(next.of(Kind::preattestation), (Mark{100, 0, false, {}}));
    EXPECT_EQ(raised(next, 99), next);
}

TEST(marks, budget_refills_one_level_per_3_s) {
    Refill refill{JumpRules{100}, Uptime{1000}};
    EXPECT_EQ(refill.at(10, Uptime{1000}), 10U);
    EXPECT_EQ(refill.at(10, Uptime{3999}), 10U);
    EXPECT_EQ(refill.at(10, Uptime{4000}), 11U);
    EXPECT_EQ(refill.at(10, Uptime{10'000'000}), 100U);
    EXPECT_EQ(refill.at(200, Uptime{1000}), 100U) << "maximum was lowered";
    refill.settle(Uptime{5000});
    EXPECT_EQ(refill.at(11, Uptime{6999}), 11U);
    EXPECT_EQ(refill.at(11, Uptime{7000}), 12U) << "the remaining second counts";
    EXPECT_EQ(refill.at(11, Uptime{0}), 11U);
}

TEST(marks, refill_period_is_a_setting) {
    const Refill refill{{100, Uptime{500}}, Uptime{0}};
    EXPECT_EQ(refill.at(10, Uptime{499}), 10U);
    EXPECT_EQ(refill.at(10, Uptime{1000}), 12U);
}

TEST(marks, charged_stops_at_zero) {
    EXPECT_EQ(charged(marked(1, 0, 10), 4).budget, 6U);
    EXPECT_EQ(charged(marked(1, 0, 10), 40).budget, 0U);
    EXPECT_EQ(charged(marked(1, 0, 10), -4).budget, 10U);
}

}  // namespace
}  // namespace revenant::gadget::keystore
