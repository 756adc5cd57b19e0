// Attempts with a passphrase are counted durably before they are made.
#include "test/support/gadget/store_fixture.hpp"

namespace revenant::gadget::keystore {
namespace {

class StoreThrottleTest : public StoreTest {};

TEST_F(StoreThrottleTest, throttle_persists_across_restart_and_reboot) {
    start();
    for (int attempt = 0; attempt < 5; ++attempt)
        EXPECT_EQ(cause(store->authenticate(wrong, now)), Cause::wrong_passphrase);
    const auto refused = store->authenticate(right, now);
    EXPECT_EQ(cause(refused), Cause::throttled);
    EXPECT_NE(std::get<Failure>(refused).text.find("30 s"), std::string::npos);
    open();
    EXPECT_EQ(cause(store->authenticate(right, now)), Cause::throttled);
    settings.boot_id = "boot two";
    medium.reboot();
    open();
    now += std::chrono::milliseconds{29'999};
    EXPECT_EQ(cause(store->authenticate(right, now)), Cause::throttled);
    now += std::chrono::milliseconds{1};
    EXPECT_EQ(cause(store->authenticate(right, now)), std::nullopt);
    for (int attempt = 0; attempt < 5; ++attempt)
        EXPECT_EQ(cause(store->authenticate(wrong, now)), Cause::wrong_passphrase) << "cleared by the success";
}

TEST_F(StoreThrottleTest, uncounted_attempt_is_not_made) {
    start();
    medium.fault = [](std::size_t, const std::string&) { return std::make_unique<Fault>(); };
    EXPECT_EQ(cause(store->authenticate(right, now)), Cause::storage);
}

TEST_F(StoreThrottleTest, full_disk_does_not_prevent_unlock) {
    start();
    create("baker");
    medium.fault = [](std::size_t, const std::string& name) {  // writes in place still succeed
        const auto full = std::make_error_code(std::errc::no_space_on_device);
        return name == "throttle" || name.starts_with("marks/")
                   ? nullptr
                   : std::make_unique<Fault>(Fault{Fault::Left::old_bytes, false, full});
    };
    EXPECT_TRUE(unlock("baker"));
    const auto refused = store->create("other", Curve::ed25519, kek());
    ASSERT_EQ(cause(refused), Cause::storage);
    EXPECT_NE(std::get<Failure>(refused).text.find("No space left"), std::string::npos);
}

TEST_F(StoreThrottleTest, lost_throttle_counts_as_full) {
    start();
    medium.cached.erase("throttle");
    open();
    EXPECT_EQ(cause(store->authenticate(right, now)), Cause::throttled);
    now += Throttle::window;
    EXPECT_EQ(cause(store->authenticate(right, now)), std::nullopt);
}

TEST_F(StoreThrottleTest, throttle_open_error_is_not_loss) {
    start();
    EXPECT_EQ(cause(store->authenticate(wrong, now)), Cause::wrong_passphrase);
    const auto before = medium.bytes(throttle_file);
    medium.open_error = std::make_error_code(std::errc::too_many_files_open);
    open();
    EXPECT_EQ(cause(store->authenticate(right, now)), Cause::storage);
    EXPECT_EQ(medium.bytes(throttle_file), before);
    medium.open_error = {};
    EXPECT_EQ(cause(store->authenticate(right, now)), std::nullopt);
}

}  // namespace
}  // namespace revenant::gadget::keystore
