// A disk that is full, read-only or slow: signing goes on where it can, nothing partial is left, and the cause is
// named.
#include <gtest/gtest.h>

#include "test/support/suite/disk.hpp"
#include "test/support/suite/unlock_error.hpp"

namespace revenant::test {
namespace {

using tezos::Kind;

struct BakerOnDisk {
    const Disk disk{};
    Baker baker{settings()};

    [[nodiscard]] SuiteSettings settings() const {
        SuiteSettings settings;
        settings.environment = disk.environment();
        return settings;
    }
};

/// What the reserve covers needs no write, and the write ahead holds up no request.
TEST(disks, hung_disk_does_not_hold_up_what_the_reserve_covers) {
    BakerOnDisk world;
    auto& [disk, baker] = world;
    const auto& key = baker.keys[0];
    baker.signature(key, operation(key.curve, Kind::block, 1));
    std::optional<UniqueFd> held{disk.hold()};
    for (std::int32_t level = 2; level <= 5; ++level)  // 4 levels are reserved
        for (const auto kind : {Kind::block, Kind::preattestation, Kind::attestation})
            baker.signature(key, operation(key.curve, kind, level));
    auto above = baker.ask(key, operation(key.curve, Kind::block, 6));
    EXPECT_EQ(above.wait_for(milliseconds{50}), std::future_status::timeout);
    held.reset();
    EXPECT_TRUE(std::holds_alternative<SignResponse>(response_of(std::move(above))));
}

TEST(disks, full_disk_keeps_known_chains_signing) {
    BakerOnDisk world;
    auto& [disk, baker] = world;
    const auto& key = baker.keys[0];
    baker.signature(key, operation(key.curve, Kind::block, 1));
    disk.fill();
    baker.signature(key, operation(key.curve, Kind::block, 2));
    baker.management->expect<LockResponse>(LockRequest{{key.id}});
    EXPECT_EQ(unlock_error(baker, key.id), "");
    auto elsewhere = operation(key.curve, Kind::block, 3);
    elsewhere[4] ^= 1;
    EXPECT_EQ(error_of(response_of(baker.ask(key, elsewhere))), ErrorCode::sign_failed);
    const auto made = baker.management->expect<NewKeysResponse>(NewKeysRequest{{"more"}, passphrase(), KeyKind::tz4});
    EXPECT_FALSE(made.results.at(0).ok);
    EXPECT_NE(made.results.at(0).error, "");
    disk.mend();
    baker.signature(key, elsewhere);
    const auto again = baker.management->expect<NewKeysResponse>(NewKeysRequest{{"more"}, passphrase(), KeyKind::tz4});
    EXPECT_TRUE(again.results.at(0).ok) << again.results.at(0).error;
    baker.suite.kill_and_wait("gadget");
    EXPECT_EQ(error_of(response_of(baker.ask(key, operation(key.curve, Kind::block, 2, 0, 1)))),
              ErrorCode::stale_watermark);
}

TEST(disks, read_only_disk_stops_signing_above_reserve) {
    BakerOnDisk world;
    auto& [disk, baker] = world;
    const auto& key = baker.keys[0];
    baker.signature(key, operation(key.curve, Kind::block, 1));
    disk.make_read_only();
    baker.signature(key, operation(key.curve, Kind::block, 2));  // below the reserve
    const auto asked = operation(key.curve, Kind::block, 20);
    const auto not_signed = response_of(baker.ask(key, asked));
    EXPECT_EQ(error_of(not_signed), ErrorCode::sign_failed);
    EXPECT_NE(std::get<ErrorResponse>(not_signed).message.find("read-only"), std::string::npos);
    const auto& other = baker.keys[1];
    baker.management->expect<LockResponse>(LockRequest{{other.id}});
    EXPECT_NE(unlock_error(baker, other.id), "");
    EXPECT_EQ(error_of(response_of(baker.ask(other, operation(other.curve, Kind::block, 1)))), ErrorCode::key_locked);
    disk.mend();
    EXPECT_EQ(unlock_error(baker, other.id), "");
    // The failed write may have reached the card: at this level only the same payload may be signed.
    EXPECT_EQ(error_of(response_of(baker.ask(key, operation(key.curve, Kind::block, 20, 0, 1)))),
              ErrorCode::stale_watermark);
    baker.signature(key, asked);
    baker.signature(key, operation(key.curve, Kind::block, 21));
}

TEST(disks, init_failure_leaves_no_partial_state) {
    const Disk disk;
    SuiteSettings settings;
    settings.environment = disk.environment();
    Suite suite{settings};
    suite.wait_for_socket("registrar/bus.sock");
    suite.wait_for_socket("gadget/status.sock");
    const auto expect_refusal = [&suite] {
        const auto outcome = suite.host({"init"});
        EXPECT_EQ(outcome.code, 4);
        EXPECT_NE(outcome.err.find("61"), std::string::npos) << outcome.err;
    };
    disk.fill();
    expect_refusal();
    disk.make_read_only();
    expect_refusal();
    for (const auto* cause : {"No space left on device", "Read-only file system"})  // for the operator
        EXPECT_NE(suite.log("gadget").find(cause), std::string::npos) << suite.log("gadget");
    disk.mend();
    suite.kill_and_wait("gadget");
    EXPECT_EQ(suite.host({"init"}).code, 0);
    EXPECT_EQ(suite.host({"new", "baker"}).code, 0);
    EXPECT_EQ(suite.host({"unlock"}).code, 0);
}

}  // namespace
}  // namespace revenant::test
