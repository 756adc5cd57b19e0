#include "test/unit/gadget/marks/watermark_fixture.hpp"

namespace revenant::gadget::keystore {
namespace {

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
        EXPECT_TRUE((Watermark{disk, name, other, MarkRules{jumps}, nullptr, now}.corrupted()));
    }
    bytes = good;
    const auto other_key = random_secret(key_size);
    EXPECT_TRUE(
        (Watermark{disk, name, {other_key, "baker", "tz4", chain}, MarkRules{jumps}, nullptr, now}.corrupted()));
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

}  // namespace
}  // namespace revenant::gadget::keystore
