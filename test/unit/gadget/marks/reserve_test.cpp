#include "test/unit/gadget/marks/reserve_fixture.hpp"

namespace revenant::gadget::keystore {
namespace {

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

// A process without the keeper signed meanwhile: its marks are on the card only.
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

}  // namespace
}  // namespace revenant::gadget::keystore
