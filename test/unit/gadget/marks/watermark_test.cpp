#include "gadget/marks/watermark.hpp"

#include <algorithm>
#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <sodium.h>

#include "gadget/crypto/seal.hpp"
#include "test/support/gadget/fake_disk.hpp"

namespace revenant::gadget::keystore {
namespace {

constexpr ChainId chain{1, 2, 3, 4};
constexpr auto name = "marks/tz4-chain";
constexpr JumpRules jumps{1000};

Hash32 hash_of(int number) {
    Hash32 hash{};
    hash[0] = static_cast<std::uint8_t>(number);
    return hash;
}

class watermark : public testing::Test {
protected:
    watermark() : data_key{random_secret(key_size)} {
        EXPECT_FALSE(Watermark::create(disk, name, owner(), jumps.budget, -1));
        open();
    }

    MarksFile::Owner owner() const { return {data_key, "baker", "tz4", chain}; }
    void open() { mark = std::make_unique<Watermark>(disk, name, owner(), jumps, now); }
    void reboot() {
        medium.fault = nullptr;
        medium.reboot();
        open();
    }

    /// Signs as a caller does. Empty: signed.
    Outcome sign(Kind kind, std::int32_t level, std::int32_t round, int bytes) {
        const Operation operation{kind, chain, level, round};
        auto verdict = mark->ask(operation, hash_of(bytes), now);
        if (auto* failed = std::get_if<Failure>(&verdict))
            return std::move(*failed);
        if (auto* advance = std::get_if<Advance>(&verdict))
            return mark->commit(*advance, now);
        return {};
    }
    Outcome sign(std::int32_t level, int bytes = 1) { return sign(Kind::attestation, level, 0, bytes); }
    bool signs(std::int32_t level, int bytes = 1) { return !sign(level, bytes); }
    static std::optional<Cause> cause(const Outcome& outcome) {
        return outcome ? std::optional{outcome->cause} : std::nullopt;
    }
    /// Number of durable writes of `work`.
    template <typename Work>
    std::size_t writes(Work work) {
        const auto before = medium.events;
        work();
        return medium.events - before;
    }
    /// Makes the next durable operation fail like this; later ones succeed.
    void fail_next(Fault fault) {
        const auto at = medium.events;
        medium.fault = [at, fault](std::size_t event, const std::string&) {
            return event == at ? std::make_unique<Fault>(fault) : nullptr;
        };
    }
    void fail_always(std::errc error) {
        medium.fault = [error](std::size_t, const std::string&) {
            return std::make_unique<Fault>(Fault{Fault::Left::old_bytes, false, std::make_error_code(error)});
        };
    }

    const bool sodium = sodium_init() >= 0;  // before the first secret
    Medium medium;
    FakeDisk disk{medium};
    Secret data_key;
    Uptime now{0};
    std::unique_ptr<Watermark> mark;
};

TEST_F(watermark, repeat_signs_same_bytes_only) {
    EXPECT_TRUE(signs(10, 1));
    EXPECT_TRUE(std::holds_alternative<SignAgain>(mark->ask({Kind::attestation, chain, 10, 0}, hash_of(1), now)));
    const auto refused = sign(10, 2);
    ASSERT_EQ(cause(refused), Cause::stale);
    for (const auto* word : {"baker", "NetX", "attestation", "level 10 round 0"})
        EXPECT_NE(refused->text.find(word), std::string::npos) << word << " is not in: " << refused->text;
    EXPECT_EQ(sign_error_code(refused->cause), 33U);
    EXPECT_EQ(cause(sign(9, 1)), Cause::stale);
}

TEST_F(watermark, repeat_writes_none_next_level_writes_once) {
    EXPECT_EQ(writes([&] { EXPECT_TRUE(signs(10)); }), 2U) << "ceiling and first mark";
    EXPECT_EQ(writes([&] { EXPECT_TRUE(signs(10)); }), 0U);
    for (std::int32_t level = 11; level < 40; ++level)
        EXPECT_EQ(writes([&] { EXPECT_TRUE(signs(level)); }), 1U);
    EXPECT_EQ(writes([&] { EXPECT_TRUE(signs(47)); }), 1U);
    EXPECT_EQ(writes([&] { EXPECT_TRUE(signs(56)); }), 2U) << "more than 8 above: ceiling and mark";
}

TEST_F(watermark, restart_repeat_signs_same_bytes_only) {
    EXPECT_TRUE(signs(10, 1));
    reboot();
    EXPECT_EQ(cause(sign(10, 2)), Cause::stale);
    EXPECT_TRUE(signs(10, 1));
    EXPECT_FALSE(mark->view().degraded);
}

TEST_F(watermark, open_rewrites_newest_state_in_its_slot) {
    EXPECT_TRUE(signs(10));
    const auto before = medium.bytes(name);
    EXPECT_EQ(writes([&] { reboot(); }), 1U);
    const auto& after = medium.bytes(name);
    const bool first = !std::equal(before.begin(), before.begin() + 512, after.begin());
    const bool second = !std::equal(before.begin() + 4096, before.end(), after.begin() + 4096);
    EXPECT_NE(first, second) << "exactly one slot must change";
    EXPECT_TRUE(signs(10, 1));
    EXPECT_EQ(cause(sign(10, 2)), Cause::stale);
}

// The process gets an error and dies; its successor reads from the page cache a mark that is not on the medium.
TEST_F(watermark, page_cache_after_failed_sync_is_distrusted) {
    EXPECT_TRUE(signs(10, 1));
    fail_next({Fault::Left::old_bytes});
    EXPECT_EQ(cause(sign(11, 1)), Cause::storage);
    medium.restart();
    open();  // new process, same boot
    EXPECT_TRUE(signs(11, 1));
    reboot();
    EXPECT_EQ(cause(sign(11, 2)), Cause::stale) << "signed twice";
}

TEST_F(watermark, open_read_only_signs_after_first_write) {
    EXPECT_TRUE(signs(10, 1));
    medium.reboot();
    fail_always(std::errc::read_only_file_system);
    open();
    EXPECT_EQ(cause(sign(10, 1)), Cause::storage) << "a repeat also needs a write by this process";
    EXPECT_EQ(cause(sign(11, 1)), Cause::storage);
    EXPECT_FALSE(mark->corrupted());
    medium.fault = nullptr;
    EXPECT_TRUE(signs(10, 1));
    EXPECT_TRUE(signs(11, 1));
}

TEST_F(watermark, failed_write_is_repeated_before_signing) {
    std::int32_t level = 0;
    for (const auto error : {std::errc::no_space_on_device, std::errc::read_only_file_system, std::errc::io_error}) {
        level += 10;
        EXPECT_TRUE(signs(level, 1));
        fail_always(error);
        const auto refused = sign(level + 1, 1);
        ASSERT_EQ(cause(refused), Cause::storage);
        EXPECT_EQ(sign_error_code(refused->cause), 30U);
        EXPECT_NE(refused->text.find(std::make_error_code(error).message()), std::string::npos) << refused->text;
        EXPECT_EQ(cause(sign(level + 1, 1)), Cause::storage) << "repeat of a mark that was not written";
        EXPECT_EQ(cause(sign(level + 2, 1)), Cause::storage);
        EXPECT_EQ(cause(sign(level + 1, 2)), Cause::stale) << "the medium may hold the attempted mark";
        medium.fault = nullptr;
        EXPECT_EQ(writes([&] { EXPECT_TRUE(signs(level + 1, 1)); }), 1U) << "one write of the pending mark";
        EXPECT_EQ(writes([&] { EXPECT_TRUE(signs(level + 2, 1)); }), 1U);
    }
}

// Only the other slot is known to be good: a retry must not touch it.
TEST_F(watermark, retry_writes_to_failed_slot) {
    EXPECT_TRUE(signs(10, 1));
    fail_next({Fault::Left::torn});
    EXPECT_EQ(cause(sign(11, 1)), Cause::storage);
    fail_next({Fault::Left::torn, true});
    EXPECT_THROW(sign(11, 1), PowerCut);
    reboot();
    EXPECT_FALSE(mark->corrupted());
    EXPECT_TRUE(mark->view().degraded);
    EXPECT_EQ(cause(sign(18, 1)), Cause::stale);
    EXPECT_TRUE(signs(19, 1));
}

// The previous process was killed during a write: the page cache has all of it, the medium half.
TEST_F(watermark, power_cut_on_open_keeps_older_slot) {
    EXPECT_TRUE(signs(10, 1));
    fail_next({Fault::Left::torn, true});
    EXPECT_THROW(sign(11, 1), PowerCut);
    medium.restart();
    fail_next({Fault::Left::torn, true});
    EXPECT_THROW(open(), PowerCut);
    reboot();
    EXPECT_FALSE(mark->corrupted());
    EXPECT_TRUE(signs(19, 1));
}

TEST_F(watermark, other_read_error_is_not_a_lost_slot) {
    EXPECT_TRUE(signs(10, 1));
    medium.read_error = std::make_error_code(std::errc::not_enough_memory);
    EXPECT_THROW(open(), std::system_error);
    medium.read_error = {};
    open();
    EXPECT_FALSE(mark->view().degraded);
}

TEST_F(watermark, lost_slot_skips_levels_no_double_sign) {
    for (const auto left : {Fault::Left::torn, Fault::Left::unreadable}) {
        const auto base = std::int32_t{left == Fault::Left::torn ? 100 : 200};
        EXPECT_TRUE(signs(base, 1));
        fail_next({left, true});
        EXPECT_THROW(sign(base + 1, 1), PowerCut);
        reboot();
        ASSERT_FALSE(mark->corrupted());
        EXPECT_TRUE(mark->view().degraded);
        const auto refused = sign(base + 8, 1);
        ASSERT_EQ(cause(refused), Cause::stale);
        EXPECT_NE(refused->text.find("power cut"), std::string::npos) << refused->text;
        EXPECT_TRUE(signs(base + 9, 1));
        EXPECT_FALSE(mark->view().degraded) << "signed above the bound";
    }
}

// Without a write, the next power cut would leave only the survivor once more.
TEST_F(watermark, lost_slot_bounds_durable_before_signing) {
    EXPECT_TRUE(signs(10, 1));
    EXPECT_TRUE(signs(11, 1));
    EXPECT_TRUE(signs(12, 1));
    const auto good = medium.bytes(name);
    const auto newer_first = [&] {  // the slot that the next write does not use
        reboot();
        return !std::equal(good.begin(), good.begin() + 512, medium.bytes(name).begin());
    }();
    const std::size_t newer = newer_first ? 0 : 4096;
    medium.flip(name, newer + 40);
    EXPECT_EQ(writes([&] { reboot(); }), 1U);
    medium.flip(name, newer == 0 ? 4096 + 40 : 40);  // now the survivor is lost too
    reboot();
    ASSERT_FALSE(mark->corrupted()) << "the bounds were in one slot only";
    EXPECT_EQ(cause(sign(12, 2)), Cause::stale);
    EXPECT_EQ(cause(sign(19, 2)), Cause::stale);
}

TEST_F(watermark, lost_slot_read_only_signs_nothing) {
    EXPECT_TRUE(signs(10, 1));
    fail_next({Fault::Left::torn, true});
    EXPECT_THROW(sign(11, 1), PowerCut);
    medium.reboot();
    fail_always(std::errc::io_error);
    open();
    EXPECT_EQ(cause(sign(30, 1)), Cause::storage);
    EXPECT_TRUE(mark->view().degraded);
    medium.fault = nullptr;
    EXPECT_EQ(cause(sign(18, 1)), Cause::stale);
    EXPECT_TRUE(signs(19, 1));
}

TEST_F(watermark, both_slots_lost_needs_passphrase) {
    EXPECT_TRUE(signs(10, 1));
    medium.flip(name, 40);
    medium.flip(name, 4096 + 40);
    reboot();
    EXPECT_TRUE(mark->corrupted());
    EXPECT_TRUE(mark->view().corrupted);
    const auto refused = sign(1000, 1);
    ASSERT_EQ(cause(refused), Cause::corrupted);
    EXPECT_NE(refused->text.find("set-level"), std::string::npos);
    EXPECT_EQ(cause(mark->raise(1000, false, now)), Cause::corrupted);
    EXPECT_EQ(cause(mark->raise(1000, true, now)), std::nullopt);
    EXPECT_EQ(cause(sign(1000, 1)), Cause::stale);
    EXPECT_TRUE(signs(1001, 1));
    reboot();
    EXPECT_TRUE(signs(1001, 1));
    EXPECT_FALSE(mark->corrupted());
}

TEST_F(watermark, rebuilt_mark_signs_no_round_of_its_level) {
    EXPECT_FALSE(sign(Kind::attestation, 10, 1, 1));
    medium.cached.erase(name);
    open();
    EXPECT_EQ(cause(mark->raise(10, true, now)), std::nullopt) << "the highest level that was signed";
    EXPECT_EQ(cause(sign(Kind::attestation, 10, 1, 2)), Cause::stale) << "another payload";
    EXPECT_EQ(cause(sign(Kind::block, 10, 2, 2)), Cause::stale);
    EXPECT_TRUE(signs(11));
}

TEST_F(watermark, absent_file_is_lost) {
    medium.cached.erase(name);
    open();
    EXPECT_TRUE(mark->corrupted());
    EXPECT_EQ(cause(sign(1000, 1)), Cause::corrupted);
    EXPECT_EQ(cause(mark->raise(5, true, now)), std::nullopt);
    EXPECT_TRUE(signs(6));
}

TEST_F(watermark, truncated_file_is_rejected) {
    EXPECT_TRUE(signs(10, 1));
    medium.bytes(name).resize(4096);
    open();
    EXPECT_EQ(cause(sign(10, 2)), Cause::stale);
}

TEST_F(watermark, swapped_slots_and_files_are_rejected) {
    EXPECT_TRUE(signs(10, 1));
    auto& bytes = medium.bytes(name);
    const auto good = bytes;
    std::swap_ranges(bytes.begin(), bytes.begin() + 512, bytes.begin() + 4096);
    open();
    EXPECT_TRUE(mark->corrupted()) << "slots swapped";
    for (const auto& other :
         {MarksFile::Owner{data_key, "other", "tz4", chain}, MarksFile::Owner{data_key, "baker", "tz1", chain},
          MarksFile::Owner{data_key, "baker", "tz4", ChainId{9}}}) {
        bytes = good;
        EXPECT_TRUE((Watermark{disk, name, other, jumps, now}.corrupted()));
    }
    bytes = good;
    const auto other_key = random_secret(key_size);
    EXPECT_TRUE((Watermark{disk, name, {other_key, "baker", "tz4", chain}, jumps, now}.corrupted()));
    open();
    EXPECT_FALSE(mark->corrupted());
}

TEST_F(watermark, slot_bit_flips_are_detected) {
    EXPECT_TRUE(signs(10, 1));
    EXPECT_TRUE(signs(11, 1));
    const auto good = medium.bytes(name);
    for (std::size_t at = 0; at < 512; ++at)
        for (const std::size_t slot : {0U, 4096U}) {
            medium.bytes(name) = good;
            medium.bytes(name)[slot + at] ^= 1;
            open();
            ASSERT_TRUE(mark->view().degraded) << slot + at;
            ASSERT_EQ(cause(sign(11, 2)), Cause::stale) << slot + at;
        }
}

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
    EXPECT_EQ(writes([&] { EXPECT_EQ(cause(mark->raise(0, true, now)), std::nullopt); }), 2U)
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
