#include "test/unit/gadget/marks/watermark_fixture.hpp"

namespace revenant::gadget::keystore {
namespace {

TEST_F(watermark, repeat_signs_same_bytes_only) {
    EXPECT_TRUE(signs(10, 1));
    EXPECT_TRUE(std::holds_alternative<Ready>(mark->ask({Kind::attestation, chain, 10, 0}, hash_of(1), now)));
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
        EXPECT_EQ(cause(sign(level + 2, 2)), Cause::stale) << "the medium may hold the attempted mark";
        medium.fault = nullptr;
        EXPECT_EQ(writes([&] { EXPECT_TRUE(signs(level + 2, 1)); }), 1U) << "one write of the pending mark";
        EXPECT_EQ(writes([&] { EXPECT_TRUE(signs(level + 3, 1)); }), 1U);
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

}  // namespace
}  // namespace revenant::gadget::keystore
