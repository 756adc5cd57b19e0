#include "test/unit/gadget/marks/reserve_fixture.hpp"

namespace revenant::gadget::keystore {
namespace {

class ReserveOpeningTest : public ReserveTest {};

TEST_F(ReserveOpeningTest, reserve_of_previous_process_does_not_count) {
    EXPECT_TRUE(signs(10));
    restart();
    EXPECT_TRUE(needs_write(11)) << "F1";
    EXPECT_TRUE(signs(11));
    EXPECT_TRUE(is_ready(15));
}

TEST_F(ReserveOpeningTest, crash_with_page_is_exact) {
    EXPECT_TRUE(signs(10));
    EXPECT_TRUE(is_ready(13, 7));
    restart();
    EXPECT_EQ(mark->view().marks[2], (Mark{13, 0, true, hash_of(7)}));
    EXPECT_EQ(cause(sign(13, 8)), Cause::stale);
    EXPECT_TRUE(signs(13, 7));
    EXPECT_TRUE(signs(14));
}

TEST_F(ReserveOpeningTest, crash_without_page_refuses_the_reserve) {
    keeper = false;
    open();
    EXPECT_TRUE(signs(10));
    restart();
    EXPECT_EQ(cause(sign(14)), Cause::stale);
    EXPECT_TRUE(signs(15));
}

TEST_F(ReserveOpeningTest, power_cut_refuses_until_the_reserve) {
    EXPECT_TRUE(signs(10));
    EXPECT_TRUE(is_ready(12));
    reboot();
    for (const auto level : {12, 13, 14}) {
        const auto refused = sign(level);
        ASSERT_EQ(cause(refused), Cause::stale);
        EXPECT_NE(refused->text.find("reserved until level 14"), std::string::npos) << refused->text;
        EXPECT_NE(refused->text.find("resumes automatically at level 15"), std::string::npos) << refused->text;
    }
    EXPECT_FALSE(mark->view().degraded) << "no slot was lost";
    EXPECT_TRUE(signs(15));
}

TEST_F(ReserveOpeningTest, brown_out_loop_refuses_no_more) {
    EXPECT_TRUE(signs(10));
    for (int boot = 0; boot < 5; ++boot)
        reboot();
    EXPECT_EQ(cause(sign(14)), Cause::stale);
    EXPECT_TRUE(signs(15)) << "restated at rest";
}

TEST_F(ReserveOpeningTest, clean_end_is_exact_without_the_page) {
    EXPECT_TRUE(signs(10));
    EXPECT_TRUE(is_ready(12, 7));
    stop();
    EXPECT_EQ(cause(sign(12, 8)), Cause::stale);
    EXPECT_TRUE(signs(12, 7));
    EXPECT_TRUE(signs(13));
}

TEST_F(ReserveOpeningTest, page_holds_the_sequence_before_each_slot_write) {
    medium.fault = [&](std::size_t, const std::string&) {
        const auto page = LivePage{memory, page_owner()}.newest();
        EXPECT_GE(page->stamp.sequence, on_card().stamp.sequence + 1) << "P2";
        return nullptr;
    };
    EXPECT_TRUE(signs(10));
    EXPECT_TRUE(signs(40));
    EXPECT_EQ(cause(mark->rest()), std::nullopt);
    open();
}

TEST_F(ReserveOpeningTest, run_changes_unless_the_page_continues_it) {
    const auto run = on_card().stamp.run;
    restart();
    EXPECT_EQ(on_card().stamp.run, run);
    keeper = false;
    open();
    const auto next = on_card().stamp.run;
    EXPECT_NE(next, run) << "F5";
    keeper = true;
    open();
    EXPECT_NE(on_card().stamp.run, next) << "F5: the page is of the first run";
}

TEST_F(ReserveOpeningTest, page_of_other_run_does_not_lower_marks) {
    EXPECT_TRUE(signs(10));
    keeper = false;
    open();
    EXPECT_EQ(cause(sign(14)), Cause::stale);
    EXPECT_TRUE(signs(15, 1));
    keeper = true;
    restart();
    EXPECT_EQ(cause(sign(15, 2)), Cause::stale);
    EXPECT_TRUE(signs(20));
}

TEST_F(ReserveOpeningTest, old_copy_of_the_file_is_refused_by_the_page) {
    EXPECT_TRUE(signs(10));
    const auto copy = medium.bytes(name);
    EXPECT_TRUE(signs(20));
    EXPECT_TRUE(is_ready(22, 1));
    EXPECT_EQ(cause(mark->rest()), std::nullopt) << "P6: lock keeps the page";
    medium.bytes(name) = copy;
    restart();
    EXPECT_EQ(cause(sign(22, 2)), Cause::stale);
}

TEST_F(ReserveOpeningTest, lost_slot_with_page_is_exact) {
    EXPECT_TRUE(signs(10));
    EXPECT_TRUE(is_ready(12));
    medium.flip(name, 40);
    restart();
    EXPECT_FALSE(mark->view().degraded);
    EXPECT_TRUE(signs(12));
    EXPECT_TRUE(signs(13));
}

TEST_F(ReserveOpeningTest, lost_slot_after_power_cut_says_so) {
    EXPECT_TRUE(signs(10));
    medium.flip(name, 40);
    reboot();
    EXPECT_TRUE(mark->view().degraded);
    const auto refused = sign(12);
    ASSERT_EQ(cause(refused), Cause::stale);
    EXPECT_NE(refused->text.find("a slot of the marks was lost"), std::string::npos) << refused->text;
}

TEST_F(ReserveOpeningTest, rebuilt_marks_take_the_page_if_it_is_higher) {
    EXPECT_TRUE(signs(10));
    EXPECT_TRUE(is_ready(13));
    medium.flip(name, 40);
    medium.flip(name, 4096 + 40);
    restart();
    ASSERT_TRUE(mark->corrupted());
    fail_next({Fault::Left::new_bytes, true});
    EXPECT_THROW(mark->raise(5, true, now), PowerCut) << "killed after the file was made";
    memory.fill(0);  // and the power is cut
    restart();
    EXPECT_EQ(cause(sign(13, 2)), Cause::stale) << "the file has the marks of the page";
    EXPECT_TRUE(signs(14));
}

TEST_F(ReserveOpeningTest, rebuilding_raises_the_page_before_the_file) {
    medium.cached.erase(name);
    restart();
    during_next_write([&] { EXPECT_EQ((LivePage{memory, page_owner()}.newest()->marks.highest()), 50); });
    EXPECT_EQ(cause(mark->raise(50, true, now)), std::nullopt);
    EXPECT_EQ(cause(sign(50)), Cause::stale) << "U2";
}

TEST_F(ReserveOpeningTest, repeat_after_opening_writes_the_other_slot) {
    EXPECT_TRUE(signs(10));
    restart();
    EXPECT_EQ(writes([&] { EXPECT_TRUE(signs(10)); }), 1U);
    EXPECT_EQ(writes([&] { EXPECT_TRUE(signs(10)); }), 0U);
}

TEST_F(ReserveOpeningTest, old_store_opens_exact_and_is_written_twice) {
    Marks marks;
    marks.budget = 300;
    marks = advanced(marks, {Kind::block, chain, 99, 1}, hash_of(4));
    marks = advanced(marks, {Kind::attestation, chain, 100, 0}, hash_of(3));
    auto newest = slot_of(marks, no_level);
    newest.stamp = {41, 0};
    newest.ceilings = {107, -1, 108};
    auto before = newest;
    before.stamp.sequence = 40;
    medium.cached[name]->cached = medium.cached[name]->durable = old_marks_file(owner(), {before, newest});
    memory.fill(0);
    EXPECT_EQ(writes([&] { open(); }), 2U) << "P5";
    EXPECT_EQ(mark->view().marks[2], (Mark{100, 0, true, hash_of(3)}));
    EXPECT_FALSE(mark->view().degraded);
    EXPECT_EQ(cause(sign(100, 4)), Cause::stale);
    EXPECT_TRUE(signs(100, 3));
    EXPECT_TRUE(signs(400));
    EXPECT_EQ(cause(sign(402)), Cause::over_budget) << "the budget is kept";
}

TEST_F(ReserveOpeningTest, old_store_signs_after_both_slots_are_new) {
    auto slot = slot_of(Marks{}, no_level);
    slot.stamp = {1, 0};
    medium.cached[name]->cached = medium.cached[name]->durable = old_marks_file(owner(), {slot, slot});
    memory.fill(0);
    fail_next({Fault::Left::torn, true});
    EXPECT_THROW(open(), PowerCut);
    medium.restart();
    const auto at = medium.events;
    medium.fault = [at](std::size_t event, const std::string&) {
        return event > at ? std::make_unique<Fault>() : nullptr;  // the second write fails
    };
    open();
    EXPECT_EQ(cause(sign(10)), Cause::storage) << "P5";
    medium.fault = nullptr;
    EXPECT_TRUE(signs(10));
}

TEST_F(ReserveOpeningTest, deleted_key_gives_its_page_back) {
    EXPECT_TRUE(signs(10));
    EXPECT_TRUE(LivePage::owner_in(memory));
    mark->discard_page();
    EXPECT_FALSE(LivePage::owner_in(memory));
    EXPECT_TRUE(is_ready(11));
    EXPECT_FALSE(LivePage::owner_in(memory));
}

}  // namespace
}  // namespace revenant::gadget::keystore
