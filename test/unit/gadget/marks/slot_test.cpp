#include "gadget/marks/slot.hpp"

#include <gtest/gtest.h>

#include "test/unit/gadget/marks/watermark_fixture.hpp"

namespace revenant::gadget::keystore::slot_contents {
namespace {

Marks marks_at(std::int32_t level, std::uint32_t budget = 1000) {
    Marks marks;
    marks.budget = budget;
    return advanced(marks, {Kind::attestation, {1, 2, 3, 4}, level, 2}, Hash32{7});
}

TEST(SlotTest, at_rest_holds_exact_marks_and_budget) {
    const auto slot = slot_of(marks_at(100), no_level);
    EXPECT_TRUE(slot.at_rest());
    EXPECT_EQ(slot.marks, marks_at(100));
    EXPECT_EQ(slot.covered(), 100);
    EXPECT_EQ(slot.lowest_ceiling(), 108) << "P4: the highest mark counts as the reserve";
}

TEST(SlotTest, reserve_is_paid_from_the_budget) {
    const auto slot = slot_of(marks_at(100), 104);
    EXPECT_FALSE(slot.at_rest());
    EXPECT_EQ(slot.marks.budget, 996U);
    EXPECT_EQ(slot.covered(), 104);
    EXPECT_EQ(slot.lowest_ceiling(), 112);
    EXPECT_EQ(slot_of(marks_at(100, 2), 104).marks.budget, 0U) << "never below 0";
    EXPECT_EQ(slot_of(marks_at(100), 90).marks.budget, 1000U) << "a mark above the reserve is paid already";
}

TEST(SlotTest, no_mark_has_no_ceiling) {
    const auto slot = slot_of(Marks{}, no_level);
    EXPECT_EQ(slot.covered(), no_level);
    EXPECT_EQ(slot.lowest_ceiling(), no_level) << "else a lost slot would charge the first level to the budget";
}

TEST(SlotTest, raising_carries_standing_reserve_and_next_ceiling) {
    const auto live = marks_at(120);
    const auto first = raising(slot_of(live, 124), live, 104);
    EXPECT_EQ(first.reserve, 104);
    EXPECT_EQ(first.lowest_ceiling(), 132);
    EXPECT_EQ(first.marks.kinds, live.kinds);
    EXPECT_TRUE(raising(slot_of(live, 124), live, no_level).at_rest());
}

TEST(SlotTest, encode_decode_round_trip) {
    auto slot = slot_of(marks_at(2'000'000'000, 4321), 2'000'000'064);
    slot.stamp = {1ULL << 40, 0xfedcba9876543210};
    slot.marks.of(Kind::block) = bound(70, Bound::lost_slot);
    slot.marks.of(Kind::preattestation) = bound(71, Bound::reserve);
    std::array<std::uint8_t, encoded_slot_size> bytes{};
    encode(slot, bytes);
    EXPECT_EQ(decode_slot(bytes), slot);
    EXPECT_FALSE(decode_slot(bytes).is_old());
}

/// Slots in a file.
class SlotFileTest : public watermark {
protected:
    Slots slots() {
        auto opened = MarksFile::open(disk, name, owner());
        const auto* found = std::get_if<MarksFile::Found>(&opened);
        return found != nullptr ? found->slots : Slots{};
    }
};

TEST_F(SlotFileTest, fresh_file_has_two_slots_of_one_run) {
    medium.cached[name]->cached = MarksFile::fresh(owner(), marks_at(5), {9, 77});
    const auto found = slots();
    ASSERT_TRUE(found[0] && found[1]);
    EXPECT_EQ(found[0]->stamp, (Stamp{8, 77}));
    EXPECT_EQ(found[1]->stamp, (Stamp{9, 77}));
    EXPECT_EQ(found[1]->marks, marks_at(5));
    EXPECT_TRUE(found[0]->at_rest() && found[1]->at_rest());
}

TEST_F(SlotFileTest, old_slot_is_at_rest_without_run) {
    Slot old = slot_of(marks_at(100), no_level);
    old.stamp.sequence = 40;
    old.ceilings = {no_level, 58, 108};
    medium.cached[name]->cached = old_marks_file(owner(), {old, old});
    const auto found = slots();
    ASSERT_TRUE(found[0] && found[1]);
    EXPECT_EQ(*found[1], old);
    EXPECT_TRUE(found[1]->is_old() && found[1]->at_rest());
    EXPECT_EQ(found[1]->lowest_ceiling(), no_level);
}

TEST_F(SlotFileTest, slot_of_other_owner_or_position_is_unreadable) {
    Slot old = slot_of(marks_at(100), no_level);
    medium.cached[name]->cached = old_marks_file({data_key, "other", "tz4", chain}, {old, old});
    EXPECT_FALSE(slots()[0] || slots()[1]);
    auto file = MarksFile::fresh(owner(), marks_at(5), {9, 77});
    std::swap_ranges(file.begin(), file.begin() + 512, file.begin() + 4096);
    medium.cached[name]->cached = file;
    EXPECT_FALSE(slots()[0] || slots()[1]);
}

}  // namespace
}  // namespace revenant::gadget::keystore::slot_contents
