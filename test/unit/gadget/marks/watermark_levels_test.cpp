#include <atomic>
#include <thread>
#include <vector>

#include "test/unit/gadget/marks/watermark_fixture.hpp"

namespace revenant::gadget::keystore {
namespace {

TEST_F(watermark, jump_above_budget_needs_passphrase) {
    EXPECT_TRUE(signs(10));
    EXPECT_TRUE(signs(510)) << "a jump of 500";
    const auto refused = sign(1011);
    ASSERT_EQ(cause(refused), Cause::over_budget);
    EXPECT_EQ(sign_error_code(refused->cause), 33U);
    for (const auto* word : {"500", "510", "1011", "set-level baker 1010 --chain NetX"})
        EXPECT_NE(refused->text.find(word), std::string::npos) << word << " is not in: " << refused->text;
    EXPECT_EQ(cause(mark->raise(1011, false, now)), Cause::over_budget);
    EXPECT_TRUE(signs(1010)) << "uses the rest of the budget";
    EXPECT_EQ(cause(sign(1012)), Cause::over_budget);
    EXPECT_EQ(cause(mark->raise(500'000, true, now)), std::nullopt);
    now += jumps.refill;
    EXPECT_TRUE(signs(500'001));
}

TEST_F(watermark, budget_bounds_a_walk_level_by_level) {
    EXPECT_TRUE(signs(10)) << "the first signature is free at any level";
    for (std::int32_t level = 11; level <= 1010; ++level)
        ASSERT_TRUE(signs(level)) << level;
    const auto refused = sign(1011);
    ASSERT_EQ(cause(refused), Cause::over_budget);
    EXPECT_NE(refused->text.find("3000 ms"), std::string::npos) << refused->text;
    EXPECT_EQ(refused->text.find("set-level"), std::string::npos) << "does not help: " << refused->text;
    EXPECT_EQ(cause(mark->raise(1011, false, now)), Cause::over_budget) << "nor does set-level";
    EXPECT_EQ(cause(sign(Kind::block, 1010, 0, 1)), std::nullopt) << "no new highest level";
    EXPECT_EQ(cause(sign(Kind::attestation, 1010, 1, 1)), std::nullopt);
}

TEST_F(watermark, refill_pays_for_the_rhythm_of_a_chain) {
    EXPECT_TRUE(signs(10));
    EXPECT_TRUE(signs(1010)) << "spends the budget";
    for (std::int32_t level = 1011; level <= 1100; ++level) {
        now += Uptime{6000};
        ASSERT_TRUE(signs(level)) << level;
        EXPECT_FALSE(sign(Kind::preattestation, level, 0, 1));
    }
    EXPECT_TRUE(signs(1190)) << "regained: one level for each level";
    EXPECT_EQ(cause(sign(1191)), Cause::over_budget);
}

TEST_F(watermark, budget_persists_and_refills_while_running) {
    EXPECT_TRUE(signs(10));
    EXPECT_TRUE(signs(1010));
    now += Uptime{3000};
    EXPECT_EQ(cause(sign(1012)), Cause::over_budget);
    EXPECT_TRUE(signs(1011)) << "one level in 3 s";
    reboot();
    EXPECT_EQ(cause(sign(1012)), Cause::over_budget) << "budget persisted in the slot";
    now += Uptime{3'000'000};
    reboot();
    EXPECT_EQ(cause(sign(1012)), Cause::over_budget) << "no refill while switched off";
    now += Uptime{3'000'000};
    EXPECT_TRUE(signs(2011));
}

TEST_F(watermark, levels_above_maximum_are_rejected) {
    const auto top = static_cast<std::int32_t>(max_level);
    const auto refused = sign(top + 1);
    ASSERT_EQ(cause(refused), Cause::out_of_bounds);
    EXPECT_EQ(sign_error_code(refused->cause), 34U);
    EXPECT_EQ(cause(mark->raise(static_cast<std::uint64_t>(top) + 1, true, now)), Cause::out_of_bounds);
    EXPECT_EQ(cause(mark->raise(~std::uint64_t{0}, true, now)), Cause::out_of_bounds);
    EXPECT_TRUE(signs(top));
}

TEST_F(watermark, raise_never_lowers) {
    EXPECT_TRUE(signs(100, 1));
    EXPECT_EQ(writes([&] { EXPECT_EQ(cause(mark->raise(0, true, now)), std::nullopt); }), 1U)
        << "the kinds without a mark";
    EXPECT_EQ(writes([&] { EXPECT_EQ(cause(mark->raise(0, true, now)), std::nullopt); }), 0U);
    EXPECT_EQ(cause(sign(100, 2)), Cause::stale);
    EXPECT_TRUE(signs(100, 1));
    EXPECT_EQ(cause(mark->raise(101, false, now)), std::nullopt);
    EXPECT_EQ(cause(sign(101, 1)), Cause::stale);
    EXPECT_EQ(cause(sign(Kind::block, 101, 0, 1)), Cause::stale);
    EXPECT_FALSE(sign(Kind::block, 101, 1, 1));
}

TEST_F(watermark, commit_is_judged_again) {
    const Operation operation{Kind::attestation, chain, 10, 0};
    const auto first = mark->ask(operation, hash_of(1), now);
    const auto second = mark->ask(operation, hash_of(2), now);
    ASSERT_TRUE(std::holds_alternative<Advance>(first));
    ASSERT_TRUE(std::holds_alternative<Advance>(second));
    EXPECT_EQ(cause(mark->commit(std::get<Advance>(first), now)), std::nullopt);
    EXPECT_EQ(cause(mark->commit(std::get<Advance>(second), now)), Cause::stale);
    EXPECT_EQ(cause(mark->commit(std::get<Advance>(first), now)), std::nullopt) << "the same bytes";
}

TEST_F(watermark, concurrent_conflicting_commits_one_succeeds) {
    for (std::int32_t level = 1; level <= 50; ++level) {
        const Operation operation{Kind::attestation, chain, level, 0};
        std::atomic<int> signed_ones{0};
        std::vector<std::thread> threads;
        for (int bytes = 0; bytes < 4; ++bytes)
            threads.emplace_back([&, bytes] {
                const auto verdict = mark->ask(operation, hash_of(bytes), now);
                if (const auto* advance = std::get_if<Advance>(&verdict); advance && !mark->commit(*advance, now))
                    ++signed_ones;
                mark->raise(static_cast<std::uint64_t>(level - 1), false, now);
                EXPECT_GE(mark->view().marks[2].level, level - 1);
            });
        for (auto& thread : threads)
            thread.join();
        ASSERT_EQ(signed_ones, 1) << level;
    }
}

TEST_F(watermark, new_file_starts_at_floor) {
    EXPECT_FALSE(Watermark::create(disk, name, owner(), jumps.budget, 500));
    open();
    EXPECT_EQ(cause(sign(500)), Cause::stale);
    EXPECT_EQ(cause(sign(2000)), Cause::over_budget) << "the floor counts as a mark";
    EXPECT_TRUE(signs(501));
}

TEST_F(watermark, view_shows_the_marks) {
    EXPECT_FALSE(sign(Kind::block, 7, 3, 1));
    const auto view = mark->view();
    EXPECT_EQ(view.chain, chain);
    EXPECT_EQ(view.marks[static_cast<std::size_t>(Kind::block)], (Mark{7, 3, true, hash_of(1)}));
    EXPECT_TRUE(view.marks[static_cast<std::size_t>(Kind::attestation)].none());
    EXPECT_FALSE(view.degraded || view.corrupted);
}

}  // namespace
}  // namespace revenant::gadget::keystore
