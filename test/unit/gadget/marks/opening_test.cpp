#include "gadget/marks/opening.hpp"

#include <gtest/gtest.h>

namespace revenant::gadget::keystore::opening_table {
namespace {

constexpr std::uint64_t this_run = 11, other_run = 12;
constexpr Hash32 one{1}, two{2};

Operation at(Kind kind, std::int32_t level, std::int32_t round = 0) {
    return {kind, {1, 2, 3, 4}, level, round};
}

/// A block at `level`, an attestation one level lower.
Marks marks_at(std::int32_t level, std::uint32_t budget = 1000) {
    Marks marks;
    marks.budget = budget;
    return advanced(advanced(marks, at(Kind::attestation, level - 1), one), at(Kind::block, level), one);
}

Slot slot(std::uint64_t sequence, const Marks& marks, std::int64_t reserve = no_level, std::uint64_t run = this_run) {
    auto made = slot_of(marks, reserve);
    made.stamp = {sequence, run};
    return made;
}

Slot old_slot(std::uint64_t sequence, const Marks& marks, const Slot::Ceilings& ceilings) {
    auto made = slot(sequence, marks, no_level, 0);
    made.ceilings = ceilings;
    return made;
}

LivePage::State page(std::uint64_t sequence, const Marks& marks, std::uint64_t run = this_run) {
    return {{sequence, run}, marks};
}

void expect_all_bound(const Marks& marks, std::int64_t level, Bound why) {
    for (const auto& mark : marks.kinds)
        EXPECT_EQ(mark, bound(level, why));
}

TEST(OpeningTest, row_1_page_of_same_run_is_exact) {
    for (const bool first_is_lost : {false, true}) {
        Slots slots{slot(4, marks_at(90)), slot(7, marks_at(100), 104)};
        if (first_is_lost)
            slots[0].reset();
        for (const std::uint64_t sequence : {7U, 9U}) {
            const auto found = opening_of(page(sequence, marks_at(103)), slots);
            ASSERT_TRUE(found);
            EXPECT_EQ(found->marks, marks_at(103));
            EXPECT_EQ(found->newest, (Stamp{sequence, this_run})) << "the run is kept";
            EXPECT_EQ(found->target, first_is_lost ? 0U : 1U) << "the lost slot, else the newest";
        }
    }
}

TEST(OpeningTest, row_2_slot_at_rest_is_exact) {
    const auto found = opening_of({}, {slot(8, marks_at(100)), slot(7, marks_at(99), 103)});
    ASSERT_TRUE(found);
    EXPECT_EQ(found->marks, marks_at(100));
    EXPECT_EQ(found->target, 0U);
    EXPECT_EQ(found->newest, (Stamp{8, 0})) << "F5: a new run";
    EXPECT_EQ(found->stay_ceiling, 111);
    EXPECT_EQ(found->restates, 1U);
}

TEST(OpeningTest, row_3_reserve_refuses_all_up_to_it) {
    const auto found = opening_of({}, {slot(6, marks_at(99)), slot(7, marks_at(100), 104)});
    ASSERT_TRUE(found);
    expect_all_bound(found->marks, 104, Bound::reserve);
    EXPECT_EQ(found->marks.budget, 996U) << "the reserved levels are paid";
    EXPECT_EQ(found->restates, 1U);
}

TEST(OpeningTest, row_4_page_of_other_run_gives_the_higher_mark) {
    const Slots slots{slot(6, marks_at(99)), slot(7, marks_at(100, 500))};
    const auto later = opening_of(page(3, marks_at(105, 700), other_run), slots);
    EXPECT_EQ(later->marks.of(Kind::block), marks_at(105).of(Kind::block));
    EXPECT_EQ(later->marks.budget, 500U) << "the lower budget";
    EXPECT_EQ(later->newest, (Stamp{7, 0})) << "P2: above all that were seen; F5: a new run";
    const auto earlier = opening_of(page(900, marks_at(50), other_run), slots);
    EXPECT_EQ(earlier->marks.of(Kind::block), marks_at(100).of(Kind::block));
    EXPECT_EQ(earlier->newest, (Stamp{900, 0}));
}

TEST(OpeningTest, row_4_older_page_of_same_run_is_not_exact) {
    const auto found = opening_of(page(6, marks_at(100)), {slot(6, marks_at(99)), slot(7, marks_at(101), 105)});
    expect_all_bound(found->marks, 105, Bound::reserve);
    EXPECT_EQ(found->newest.run, 0U);
}

TEST(OpeningTest, row_4_two_payloads_at_one_position_leave_no_hash) {
    const auto other = advanced(marks_at(100), at(Kind::block, 100), two);
    const auto found = opening_of(page(3, other, other_run), {slot(6, marks_at(99)), slot(7, marks_at(100))});
    EXPECT_EQ(found->marks.of(Kind::block), (Mark{100, 0, false, {}}));
    EXPECT_EQ(found->marks.of(Kind::attestation), marks_at(100).of(Kind::attestation));
}

TEST(OpeningTest, row_5_survivor_is_bounded_by_its_ceiling) {
    for (const auto reserve : {no_level, std::int64_t{104}}) {
        const auto found = opening_of({}, {std::nullopt, slot(7, marks_at(100), reserve)});
        ASSERT_TRUE(found);
        expect_all_bound(found->marks, reserve == no_level ? 108 : 112, Bound::lost_slot);
        EXPECT_EQ(found->marks.budget, reserve == no_level ? 992U : 988U) << "what recovery grants is paid";
        EXPECT_EQ(found->target, 0U);
        EXPECT_EQ(found->restates, 1U);
    }
}

TEST(OpeningTest, row_5_mark_above_the_ceiling_stays) {
    auto survivor = slot(7, marks_at(100));
    survivor.ceilings.fill(99);
    const auto found = opening_of({}, {survivor, std::nullopt});
    EXPECT_EQ(found->marks.of(Kind::block), marks_at(100).of(Kind::block)) << "P4";
    EXPECT_EQ(found->marks.of(Kind::attestation), bound(99, Bound::lost_slot));
    EXPECT_EQ(found->restates, 2U) << "F6";
}

TEST(OpeningTest, row_5_survivor_without_marks_bounds_nothing) {
    const auto found = opening_of({}, {slot(1, Marks{}), std::nullopt});
    EXPECT_EQ(found->marks, Marks{});
}

TEST(OpeningTest, row_4_page_counts_with_a_lost_slot) {
    const auto found = opening_of(page(9, marks_at(150), other_run), {slot(7, marks_at(100)), std::nullopt});
    EXPECT_EQ(found->marks.of(Kind::block), marks_at(150).of(Kind::block));
    EXPECT_EQ(found->restates, 2U) << "F6: above the ceiling of the slot that stays";
}

TEST(OpeningTest, last_row_two_lost_slots_open_nothing) {
    EXPECT_FALSE(opening_of({}, {}));
    EXPECT_FALSE(opening_of(page(9, marks_at(150)), {}));
}

TEST(OpeningTest, marks_above_the_other_ceiling_are_written_twice) {
    const auto within = opening_of({}, {slot(6, marks_at(92)), slot(7, marks_at(100))});
    EXPECT_EQ(within->restates, 1U);
    const auto above = opening_of({}, {slot(6, marks_at(91)), slot(7, marks_at(100))});
    EXPECT_EQ(above->restates, 2U);
}

TEST(OpeningTest, old_store_is_exact_and_written_twice) {
    const auto found =
        opening_of({}, {old_slot(6, marks_at(99), {107, -1, 107}), old_slot(7, marks_at(100), {107, -1, 107})});
    EXPECT_EQ(found->marks, marks_at(100));
    EXPECT_EQ(found->restates, 2U) << "P5";
    EXPECT_EQ(found->stay_ceiling, -1) << "P5: the lowest";
}

TEST(OpeningTest, half_upgraded_store_is_written_twice) {
    const auto found = opening_of({}, {slot(8, marks_at(100)), old_slot(7, marks_at(100), {108, 108, 108})});
    EXPECT_EQ(found->marks, marks_at(100));
    EXPECT_EQ(found->restates, 2U);
}

TEST(OpeningTest, old_survivor_bounds_each_kind_by_its_ceiling) {
    auto marks = advanced(Marks{}, at(Kind::block, 100), one);
    marks.budget = 1000;
    const auto found = opening_of({}, {old_slot(7, marks, {108, -1, 58}), std::nullopt});
    EXPECT_EQ(found->marks.of(Kind::block), bound(108, Bound::lost_slot)) << "U1";
    EXPECT_EQ(found->marks.of(Kind::attestation), bound(58, Bound::lost_slot));
    EXPECT_TRUE(found->marks.of(Kind::preattestation).none()) << "nothing of this kind was signed";
    EXPECT_EQ(found->marks.budget, 992U);
}

}  // namespace
}  // namespace revenant::gadget::keystore::opening_table
