#include "test/unit/gadget/marks/watermark_fixture.hpp"

namespace revenant::gadget::keystore {
namespace {

/// With a reserve of four levels and a keeper of memory.
class ReserveTest : public watermark {
protected:
    void SetUp() override {
        reserve_levels = 4;
        keeper = true;
        open();
    }
    Verdict ask(std::int32_t level, int bytes = 1, Kind kind = Kind::attestation) {
        return mark->ask({kind, chain, level, 0}, hash_of(bytes), now);
    }
    bool is_ready(std::int32_t level, int bytes = 1, Kind kind = Kind::attestation) {
        return std::holds_alternative<Ready>(ask(level, bytes, kind));
    }
    bool needs_write(std::int32_t level, int bytes = 1) { return std::holds_alternative<Advance>(ask(level, bytes)); }
    /// The newest slot on the medium.
    Slot on_card() {
        auto opened = MarksFile::open(disk, name, owner());
        const auto& slots = std::get<MarksFile::Found>(opened).slots;
        return slots[1]->stamp.sequence > slots[0]->stamp.sequence ? *slots[1] : *slots[0];
    }
    /// Calls `work` when the next write has begun and not ended.
    void during_next_write(std::function<void()> work, std::unique_ptr<Fault> (*result)() = nullptr) {
        const auto at = medium.events;
        medium.fault = [=](std::size_t event, const std::string&) -> std::unique_ptr<Fault> {
            if (event == at)
                work();
            return event == at && result != nullptr ? result() : nullptr;
        };
    }
};

TEST_F(ReserveTest, first_signature_writes_levels_below_reserve_do_not) {
    EXPECT_EQ(writes([&] { EXPECT_TRUE(signs(10)); }), 2U) << "ceiling and reserve";
    EXPECT_EQ(on_card().reserve, 14);
    EXPECT_EQ(writes([&] {
                  for (std::int32_t level = 11; level <= 14; ++level)
                      for (const auto kind : {Kind::block, Kind::preattestation, Kind::attestation})
                          EXPECT_EQ(cause(sign(kind, level, 0, 1)), std::nullopt);
              }),
              0U);
    EXPECT_EQ(writes([&] { EXPECT_TRUE(signs(15)); }), 1U);
    EXPECT_EQ(on_card().reserve, 19);
}

TEST_F(ReserveTest, covered_marks_are_judged_by_ask) {
    EXPECT_TRUE(signs(10));
    EXPECT_TRUE(is_ready(12, 1));
    EXPECT_TRUE(is_ready(12, 1)) << "a repeat";
    EXPECT_EQ(cause(sign(12, 2)), Cause::stale);
    EXPECT_EQ(cause(sign(11, 1)), Cause::stale);
    EXPECT_TRUE(needs_write(15));
    EXPECT_TRUE(is_ready(13)) << "a mark above the reserve is raised by commit";
}

TEST_F(ReserveTest, each_covered_level_is_charged) {
    EXPECT_TRUE(signs(10));
    EXPECT_TRUE(is_ready(13));
    EXPECT_TRUE(signs(1010));
    EXPECT_EQ(cause(sign(1011)), Cause::over_budget);
    EXPECT_EQ(on_card().marks.budget, 0U);
}

TEST_F(ReserveTest, write_ahead_keeps_half_in_hand) {
    EXPECT_FALSE(mark->wants_ahead());
    EXPECT_TRUE(signs(10));
    EXPECT_TRUE(is_ready(11));
    EXPECT_FALSE(mark->wants_ahead()) << "3 of 4 levels are left";
    EXPECT_TRUE(is_ready(12));
    EXPECT_TRUE(mark->wants_ahead());
    EXPECT_EQ(writes([&] { EXPECT_EQ(cause(mark->write_ahead()), std::nullopt); }), 1U);
    EXPECT_EQ(on_card().reserve, 16) << "F1: above the highest level, not above the reserve";
    EXPECT_EQ(writes([&] { EXPECT_EQ(cause(mark->write_ahead()), std::nullopt); }), 0U);
    EXPECT_TRUE(is_ready(16));
}

TEST_F(ReserveTest, reserve_counts_when_its_write_has_returned) {
    EXPECT_TRUE(signs(10));
    EXPECT_TRUE(is_ready(13));
    during_next_write([&] {
        EXPECT_TRUE(is_ready(14)) << "the standing reserve";
        EXPECT_TRUE(needs_write(15)) << "F1";
    });
    EXPECT_EQ(cause(mark->write_ahead()), std::nullopt);
    EXPECT_TRUE(is_ready(15));
}

TEST_F(ReserveTest, ahead_takes_the_levels_of_its_begin) {
    EXPECT_TRUE(signs(10));
    EXPECT_TRUE(is_ready(13));
    EXPECT_TRUE(mark->wants_ahead());
    EXPECT_TRUE(is_ready(14));
    EXPECT_EQ(cause(mark->write_ahead()), std::nullopt);
    EXPECT_EQ(on_card().reserve, 18) << "F1";
}

TEST_F(ReserveTest, failed_write_ahead_blocks_only_above_reserve) {
    EXPECT_TRUE(signs(10));
    EXPECT_TRUE(is_ready(12));
    fail_always(std::errc::io_error);
    EXPECT_EQ(cause(mark->write_ahead()), Cause::storage);
    EXPECT_TRUE(mark->wants_ahead()) << "to be retried";
    EXPECT_TRUE(is_ready(13));
    EXPECT_TRUE(is_ready(14));
    EXPECT_EQ(cause(sign(15)), Cause::storage);
    EXPECT_EQ(cause(sign(15, 2)), Cause::stale) << "the mark stays raised";
    EXPECT_TRUE(needs_write(15)) << "P1: so does a repeat above the reserve";
    medium.fault = nullptr;
    EXPECT_TRUE(signs(15));
}

TEST_F(ReserveTest, every_slot_carries_at_least_the_standing_reserve) {
    EXPECT_TRUE(signs(10));
    fail_always(std::errc::io_error);
    EXPECT_EQ(cause(sign(300)), Cause::storage);
    medium.fault = nullptr;
    std::vector<std::int64_t> reserves;
    medium.fault = [&](std::size_t, const std::string&) {
        reserves.push_back(on_card().reserve);
        return nullptr;
    };
    EXPECT_TRUE(signs(300));
    reserves.push_back(on_card().reserve);
    EXPECT_EQ(reserves.size(), 3U) << "F3: a write that raises the ceiling before the reserve";
    EXPECT_EQ(reserves[1], 14) << "F3: it carries the reserve that stands";
    EXPECT_EQ(reserves[2], 304);
}

TEST_F(ReserveTest, reserve_of_previous_process_does_not_count) {
    EXPECT_TRUE(signs(10));
    restart();
    EXPECT_TRUE(needs_write(11)) << "F1";
    EXPECT_TRUE(signs(11));
    EXPECT_TRUE(is_ready(15));
}

TEST_F(ReserveTest, crash_with_page_is_exact) {
    EXPECT_TRUE(signs(10));
    EXPECT_TRUE(is_ready(13, 7));
    restart();
    EXPECT_EQ(mark->view().marks[2], (Mark{13, 0, true, hash_of(7)}));
    EXPECT_EQ(cause(sign(13, 8)), Cause::stale);
    EXPECT_TRUE(signs(13, 7));
    EXPECT_TRUE(signs(14));
}

TEST_F(ReserveTest, crash_without_page_refuses_the_reserve) {
    keeper = false;
    open();
    EXPECT_TRUE(signs(10));
    restart();
    EXPECT_EQ(cause(sign(14)), Cause::stale);
    EXPECT_TRUE(signs(15));
}

TEST_F(ReserveTest, power_cut_refuses_until_the_reserve) {
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

TEST_F(ReserveTest, brown_out_loop_refuses_no_more) {
    EXPECT_TRUE(signs(10));
    for (int boot = 0; boot < 5; ++boot)
        reboot();
    EXPECT_EQ(cause(sign(14)), Cause::stale);
    EXPECT_TRUE(signs(15)) << "restated at rest";
}

TEST_F(ReserveTest, clean_end_is_exact_without_the_page) {
    EXPECT_TRUE(signs(10));
    EXPECT_TRUE(is_ready(12, 7));
    stop();
    EXPECT_EQ(cause(sign(12, 8)), Cause::stale);
    EXPECT_TRUE(signs(12, 7));
    EXPECT_TRUE(signs(13));
}

TEST_F(ReserveTest, rest_writes_once_and_only_after_changes) {
    EXPECT_EQ(writes([&] { EXPECT_EQ(cause(mark->rest()), std::nullopt); }), 0U) << "restated at rest";
    EXPECT_TRUE(signs(10));
    EXPECT_EQ(writes([&] { EXPECT_EQ(cause(mark->rest()), std::nullopt); }), 1U);
    EXPECT_EQ(writes([&] { EXPECT_EQ(cause(mark->rest()), std::nullopt); }), 0U);
    EXPECT_TRUE(on_card().at_rest());
    EXPECT_EQ(writes([&] { EXPECT_TRUE(signs(11)); }), 1U) << "a reserve before anything leaves";
    EXPECT_EQ(on_card().reserve, 15);
}

TEST_F(ReserveTest, reserve_ends_when_rest_begins) {
    EXPECT_TRUE(signs(10));
    during_next_write([&] { EXPECT_TRUE(needs_write(11)) << "P1"; }, [] { return std::make_unique<Fault>(); });
    EXPECT_EQ(cause(mark->rest()), Cause::storage);
    medium.fault = nullptr;
    EXPECT_TRUE(needs_write(11)) << "P1: also after a failure";
    EXPECT_TRUE(signs(11));
    EXPECT_TRUE(is_ready(15));
}

TEST_F(ReserveTest, set_level_below_reserve_writes_nothing) {
    EXPECT_TRUE(signs(10));
    EXPECT_EQ(writes([&] { EXPECT_EQ(cause(mark->raise(13, false, now)), std::nullopt); }), 0U);
    EXPECT_FALSE(on_card().at_rest()) << "F4";
    EXPECT_EQ(cause(sign(13)), Cause::stale);
    EXPECT_TRUE(is_ready(14));
    restart();
    EXPECT_EQ(cause(sign(12)), Cause::stale);
}

TEST_F(ReserveTest, set_level_above_reserve_writes_one) {
    EXPECT_TRUE(signs(10));
    EXPECT_EQ(writes([&] { EXPECT_EQ(cause(mark->raise(16, false, now)), std::nullopt); }), 1U);
    EXPECT_EQ(on_card().reserve, 20) << "F4: no flag while a reserve stands";
    EXPECT_TRUE(is_ready(17));
}

TEST_F(ReserveTest, set_level_without_reserve_writes_at_rest) {
    EXPECT_GE(writes([&] { EXPECT_EQ(cause(mark->raise(16, false, now)), std::nullopt); }), 1U);
    EXPECT_TRUE(on_card().at_rest()) << "F4";
    reboot();
    EXPECT_EQ(cause(sign(16)), Cause::stale);
    EXPECT_TRUE(signs(17));
}

TEST_F(ReserveTest, failed_set_level_is_not_acknowledged_by_a_repeat) {
    EXPECT_TRUE(signs(10));
    fail_always(std::errc::io_error);
    EXPECT_EQ(cause(mark->raise(100, false, now)), Cause::storage);
    EXPECT_EQ(cause(mark->raise(100, false, now)), Cause::storage);
    medium.fault = nullptr;
    EXPECT_EQ(cause(mark->raise(100, false, now)), std::nullopt);
    reboot();
    EXPECT_EQ(cause(sign(100)), Cause::stale);
}

TEST_F(ReserveTest, page_holds_the_sequence_before_each_slot_write) {
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

TEST_F(ReserveTest, run_changes_unless_the_page_continues_it) {
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

// A process without the keeper signed meanwhile: its marks are on the card only.
TEST_F(ReserveTest, page_of_other_run_does_not_lower_marks) {
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

TEST_F(ReserveTest, old_copy_of_the_file_is_refused_by_the_page) {
    EXPECT_TRUE(signs(10));
    const auto copy = medium.bytes(name);
    EXPECT_TRUE(signs(20));
    EXPECT_TRUE(is_ready(22, 1));
    EXPECT_EQ(cause(mark->rest()), std::nullopt) << "P6: lock keeps the page";
    medium.bytes(name) = copy;
    restart();
    EXPECT_EQ(cause(sign(22, 2)), Cause::stale);
}

TEST_F(ReserveTest, lost_slot_with_page_is_exact) {
    EXPECT_TRUE(signs(10));
    EXPECT_TRUE(is_ready(12));
    medium.flip(name, 40);
    restart();
    EXPECT_FALSE(mark->view().degraded);
    EXPECT_TRUE(signs(12));
    EXPECT_TRUE(signs(13));
}

TEST_F(ReserveTest, lost_slot_after_power_cut_says_so) {
    EXPECT_TRUE(signs(10));
    medium.flip(name, 40);
    reboot();
    EXPECT_TRUE(mark->view().degraded);
    const auto refused = sign(12);
    ASSERT_EQ(cause(refused), Cause::stale);
    EXPECT_NE(refused->text.find("a slot of the marks was lost"), std::string::npos) << refused->text;
}

TEST_F(ReserveTest, rebuilt_marks_take_the_page_if_it_is_higher) {
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

TEST_F(ReserveTest, rebuilding_raises_the_page_before_the_file) {
    medium.cached.erase(name);
    restart();
    during_next_write([&] { EXPECT_EQ((LivePage{memory, page_owner()}.newest()->marks.highest()), 50); });
    EXPECT_EQ(cause(mark->raise(50, true, now)), std::nullopt);
    EXPECT_EQ(cause(sign(50)), Cause::stale) << "U2";
}

TEST_F(ReserveTest, without_reserve_levels_no_reserve_stands) {
    reserve_levels = 0;
    restart();
    EXPECT_TRUE(signs(10));
    EXPECT_TRUE(on_card().at_rest()) << "P3";
    EXPECT_TRUE(needs_write(11));
    EXPECT_TRUE(is_ready(10)) << "a repeat of a written mark";
    EXPECT_FALSE(mark->wants_ahead());
    reboot();
    EXPECT_TRUE(signs(10)) << "exact after a power cut";
}

// The slot that stays was found in the page cache: until this process writes it too, a repeat could rest on nothing.
TEST_F(ReserveTest, repeat_after_opening_writes_the_other_slot) {
    EXPECT_TRUE(signs(10));
    restart();
    EXPECT_EQ(writes([&] { EXPECT_TRUE(signs(10)); }), 1U);
    EXPECT_EQ(writes([&] { EXPECT_TRUE(signs(10)); }), 0U);
}

TEST_F(ReserveTest, old_store_opens_exact_and_is_written_twice) {
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

TEST_F(ReserveTest, old_store_signs_after_both_slots_are_new) {
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

TEST_F(ReserveTest, deleted_key_gives_its_page_back) {
    EXPECT_TRUE(signs(10));
    EXPECT_TRUE(LivePage::owner_in(memory));
    mark->discard_page();
    EXPECT_FALSE(LivePage::owner_in(memory));
    EXPECT_TRUE(is_ready(11));
    EXPECT_FALSE(LivePage::owner_in(memory));
}

}  // namespace
}  // namespace revenant::gadget::keystore
