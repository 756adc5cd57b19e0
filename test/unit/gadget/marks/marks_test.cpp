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

TEST(marks, ceiling_is_eight_levels_above_mark) {
    const auto marks = marked(100, 0);
    EXPECT_EQ(marks.of(Kind::attestation).ceiling, 108);
    EXPECT_EQ(marks.of(Kind::block).ceiling, -1);
    EXPECT_FALSE(exceeds_ceiling(marks, advanced(marks, attestation(108), two)));
    EXPECT_TRUE(exceeds_ceiling(marks, advanced(marks, attestation(109), two)));
    EXPECT_TRUE(exceeds_ceiling(marks, advanced(marks, {Kind::block, a_chain, 0, 0}, two)));
    const auto between = with_ceilings(marks, advanced(marks, attestation(200), two));
    EXPECT_EQ(between.of(Kind::attestation).mark, marks.of(Kind::attestation).mark);
    EXPECT_EQ(between.of(Kind::attestation).ceiling, 208);
}

TEST(marks, lower_mark_keeps_ceiling) {
    auto marks = marked(100, 0);
    marks.of(Kind::attestation).ceiling = 5000;
    EXPECT_EQ(advanced(marks, attestation(101), two).of(Kind::attestation).ceiling, 5000);
}

TEST(marks, recovered_marks_are_at_ceiling_and_last_round) {
    auto survivor = marked(100, 0);
    survivor.of(Kind::block).ceiling = 58;  // ceiling raised, and the first mark lost with the other slot
    const auto bounds = recovered(survivor);
    const auto last = std::numeric_limits<std::int32_t>::max();
    EXPECT_EQ(bounds.of(Kind::attestation).mark, (Mark{108, last, false, {}}));
    EXPECT_EQ(bounds.of(Kind::block).mark, (Mark{58, last, false, {}}));
    EXPECT_TRUE(bounds.of(Kind::preattestation).mark.none());
    EXPECT_TRUE(is_bound(bounds.of(Kind::block).mark));
    EXPECT_FALSE(is_bound(bounds.of(Kind::preattestation).mark));
    EXPECT_EQ(judge(bounds, attestation(108, last - 1), one), Standing::stale);
    EXPECT_EQ(judge(bounds, attestation(109), one), Standing::advances);
    EXPECT_FALSE(exceeds_ceiling(survivor, bounds));
}

TEST(marks, raised_keeps_higher_marks) {
    auto marks = marked(100, 2);
    marks = advanced(marks, {Kind::block, a_chain, 90, 1}, two);
    const auto next = raised(marks, 100);
    EXPECT_EQ(next.of(Kind::attestation).mark, (Mark{100, 2, true, one}));
    EXPECT_EQ(next.of(Kind::block).mark, (Mark{100, 0, false, {}}));
    EXPECT_EQ(next.of(Kind::preattestation).mark, (Mark{100, 0, false, {}}));
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
}

TEST(marks, encode_decode_round_trip) {
    auto marks = marked(2'000'000'000, 7, 4321);
    marks.of(Kind::block).ceiling = 3'000'000'000;
    std::array<std::uint8_t, encoded_marks_size> bytes{};
    encode(marks, bytes);
    EXPECT_EQ(decode_marks(bytes), marks);
    encode(Marks{}, bytes);
    EXPECT_EQ(decode_marks(bytes), Marks{});
}

}  // namespace
}  // namespace revenant::gadget::keystore
