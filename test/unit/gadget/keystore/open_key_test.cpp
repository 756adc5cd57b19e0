#include "gadget/keystore/open_key.hpp"

#include "common/tezos/text.hpp"
#include "test/support/gadget/store_fixture.hpp"

namespace revenant::gadget::keystore {
namespace {

class open_key : public StoreTest {
protected:
    void SetUp() override {
        start();
        address = create("baker").address;
        key = unlock("baker");
    }
    void reopen() {
        key.reset();
        medium.reboot();
        open();
        key = unlock("baker");
    }
    static ChainId numbered(int number) { return {9, 9, 9, static_cast<std::uint8_t>(number)}; }
    std::string marks(const ChainId& on) const { return marks_file(address, on); }

    std::string address;
    std::shared_ptr<OpenKey> key;
};

TEST_F(open_key, new_chain_writes_marks_then_list_then_mark) {
    EXPECT_EQ(key->find_chain(chain), nullptr);
    medium.log.clear();
    EXPECT_EQ(cause(sign(*key, 10)), std::nullopt);
    ASSERT_GE(medium.log.size(), 4U);
    EXPECT_EQ(medium.log[0], marks(chain)) << "the new file";
    EXPECT_EQ(medium.log[1], marks(chain)) << "rewritten on open";
    EXPECT_EQ(medium.log[2], "keys/baker.json") << "the list";
    EXPECT_EQ(medium.log[3], marks(chain)) << "the first mark";
    EXPECT_NE(key->find_chain(chain), nullptr);
    reopen();
    EXPECT_NE(key->find_chain(chain), nullptr);
    EXPECT_EQ(key->find_chain(other_chain), nullptr);
    EXPECT_EQ(cause(sign(*key, 10, 2)), Cause::stale);
}

TEST_F(open_key, unlisted_chain_does_not_sign) {
    medium.fault = [](std::size_t, const std::string& name) {
        return name.starts_with("keys/") ? std::make_unique<Fault>() : nullptr;
    };
    EXPECT_EQ(cause(sign(*key, 10)), Cause::storage);
    medium.fault = nullptr;
    EXPECT_EQ(cause(sign(*key, 10)), std::nullopt);
}

TEST_F(open_key, listed_absent_file_is_lost) {
    EXPECT_EQ(cause(sign(*key, 10)), std::nullopt);
    medium.durable.erase(marks(chain));
    reopen();
    EXPECT_TRUE(key->state_corrupted());
    EXPECT_EQ(cause(sign(*key, 100)), Cause::corrupted);
    EXPECT_EQ(cause(key->set_level(100, {}, false, now)), Cause::corrupted);
    EXPECT_EQ(cause(key->set_level(100, {}, true, now)), std::nullopt);
    EXPECT_FALSE(key->state_corrupted());
    EXPECT_EQ(cause(sign(*key, 100)), Cause::stale);
    EXPECT_EQ(cause(sign(*key, 101)), std::nullopt);
}

TEST_F(open_key, unlisted_file_is_adopted_with_marks) {
    const auto unlisted = medium.durable.at("keys/baker.json");
    EXPECT_EQ(cause(sign(*key, 10)), std::nullopt);
    medium.durable["keys/baker.json"] = unlisted;
    reopen();
    EXPECT_EQ(key->find_chain(chain), nullptr);
    EXPECT_EQ(cause(sign(*key, 10, 2)), Cause::stale);
    reopen();
    EXPECT_NE(key->find_chain(chain), nullptr) << "in the list now";
}

TEST_F(open_key, unlisted_damaged_file_is_not_overwritten) {
    const auto unlisted = medium.durable.at("keys/baker.json");
    EXPECT_EQ(cause(sign(*key, 10)), std::nullopt);
    medium.durable["keys/baker.json"] = unlisted;
    medium.flip(marks(chain), 40);
    medium.flip(marks(chain), 4096 + 40);
    reopen();
    const auto damaged = medium.bytes(marks(chain));
    const auto refused = sign(*key, 100);
    ASSERT_EQ(cause(refused), Cause::corrupted);
    EXPECT_EQ(sign_error_code(refused->cause), 30U);
    EXPECT_TRUE(key->state_corrupted());
    EXPECT_EQ(cause(key->set_level(100, chain, false, now)), Cause::corrupted);
    EXPECT_EQ(medium.bytes(marks(chain)), damaged);
    EXPECT_EQ(cause(key->set_level(100, chain, true, now)), std::nullopt);
    EXPECT_FALSE(key->state_corrupted());
    EXPECT_EQ(cause(sign(*key, 100)), Cause::stale);
    EXPECT_EQ(cause(sign(*key, 101)), std::nullopt);
}

TEST_F(open_key, chain_with_lost_marks_leaves_others_usable) {
    EXPECT_EQ(cause(sign(*key, 10)), std::nullopt);
    EXPECT_EQ(cause(sign(*key, 10, 1, other_chain)), std::nullopt);
    medium.durable.erase(marks(chain));
    reopen();
    EXPECT_EQ(cause(sign(*key, 11)), Cause::corrupted);
    EXPECT_EQ(cause(sign(*key, 11, 1, other_chain)), std::nullopt);
}

TEST_F(open_key, allows_eight_chains_plus_configured) {
    settings.chains.admitted = {chain, numbered(3)};
    reopen();
    for (int number = 0; number < 9; ++number)  // number 3 is configured and does not count
        EXPECT_EQ(cause(sign(*key, 10, 1, numbered(number))), std::nullopt) << number;
    const auto refused = sign(*key, 10, 1, numbered(20));
    ASSERT_EQ(cause(refused), Cause::out_of_bounds);
    EXPECT_EQ(sign_error_code(refused->cause), 34U);
    EXPECT_FALSE(medium.cached.contains(marks(numbered(20))));
    EXPECT_EQ(cause(key->set_level(10, numbered(20), true, now)), Cause::out_of_bounds);
    EXPECT_EQ(cause(sign(*key, 10, 1, chain)), std::nullopt);
    EXPECT_EQ(key->views().size(), 10U);
}

TEST_F(open_key, set_level_without_chain_needs_single_chain) {
    EXPECT_EQ(cause(sign(*key, 10)), std::nullopt);
    EXPECT_EQ(cause(key->set_level(20, {}, false, now)), std::nullopt);
    EXPECT_EQ(cause(sign(*key, 20)), Cause::stale);
    EXPECT_EQ(cause(sign(*key, 10, 1, other_chain)), std::nullopt);
    const auto refused = key->set_level(30, {}, true, now);
    ASSERT_EQ(cause(refused), Cause::which_chain);
    for (const auto& named : {chain, other_chain})
        EXPECT_NE(refused->text.find(tezos::chain_text(named)), std::string::npos) << refused->text;
    EXPECT_EQ(cause(key->set_level(30, other_chain, false, now)), std::nullopt);
    EXPECT_EQ(cause(sign(*key, 30, 1, other_chain)), Cause::stale);
    EXPECT_EQ(cause(sign(*key, 21)), std::nullopt);
}

TEST_F(open_key, set_level_creates_new_chain_at_level) {
    EXPECT_EQ(cause(key->set_level(500'000, chain, false, now)), std::nullopt) << "no mark: any first level";
    EXPECT_EQ(cause(sign(*key, 500'000)), Cause::stale);
    EXPECT_EQ(cause(sign(*key, 500'001)), std::nullopt);
    EXPECT_EQ(cause(key->set_level(600'000, chain, false, now)), Cause::over_budget);
    EXPECT_EQ(cause(key->set_level(600'000, chain, true, now)), std::nullopt);
    EXPECT_EQ(cause(key->set_level(max_level + 1, chain, true, now)), Cause::out_of_bounds);
}

TEST_F(open_key, set_level_below_mark_is_rejected) {
    EXPECT_EQ(cause(sign(*key, 5000)), std::nullopt);
    for (const bool passphrase : {false, true}) {
        const auto refused = key->set_level(4999, chain, passphrase, now);
        ASSERT_EQ(cause(refused), Cause::stale);
        EXPECT_NE(refused->text.find("5000"), std::string::npos) << refused->text;
        EXPECT_EQ(cause(key->set_level(4999, {}, passphrase, now)), Cause::stale);
    }
    EXPECT_EQ(cause(key->set_level(5000, chain, false, now)), std::nullopt) << "may be repeated";
    EXPECT_EQ(cause(sign(*key, 4999)), Cause::stale);
    EXPECT_EQ(cause(sign(*key, 5001)), std::nullopt);
}

TEST_F(open_key, set_level_below_floor_is_rejected) {
    EXPECT_EQ(cause(key->set_level(5000, {}, false, now)), std::nullopt);
    for (const auto& target : {std::optional<ChainId>{}, std::optional{chain}}) {
        const auto refused = key->set_level(4999, target, true, now);
        ASSERT_EQ(cause(refused), Cause::stale);
        EXPECT_NE(refused->text.find("5000"), std::string::npos) << refused->text;
    }
    EXPECT_EQ(key->floor(), 5000) << "a rejected request does not use it up";
    EXPECT_EQ(cause(key->set_level(5000, {}, false, now)), std::nullopt) << "may be repeated";
}

TEST_F(open_key, floor_is_known_until_first_chain) {
    EXPECT_EQ(key->floor(), std::nullopt);
    EXPECT_EQ(cause(key->set_level(5000, {}, false, now)), std::nullopt);
    EXPECT_EQ(key->floor(), 5000);
    reopen();
    EXPECT_EQ(key->floor(), 5000);
    EXPECT_EQ(cause(sign(*key, 5001)), std::nullopt);
    EXPECT_EQ(key->floor(), std::nullopt);
}

TEST_F(open_key, set_level_before_any_chain_sets_floor) {
    EXPECT_EQ(cause(key->set_level(5000, {}, false, now)), std::nullopt);
    EXPECT_EQ(cause(key->set_level(6001, {}, false, now)), Cause::over_budget);
    EXPECT_EQ(cause(key->set_level(5500, {}, false, now)), std::nullopt) << "a jump of 500";
    reopen();
    EXPECT_EQ(cause(sign(*key, 5500)), Cause::stale);
    EXPECT_EQ(cause(sign(*key, 6001)), Cause::over_budget) << "500 of 1000 are left";
    EXPECT_EQ(cause(sign(*key, 5501)), std::nullopt);
    EXPECT_EQ(cause(sign(*key, 7, 1, other_chain)), std::nullopt) << "of the first chain only";
}

TEST_F(open_key, floor_applies_to_adopted_file) {
    const auto unlisted = medium.durable.at("keys/baker.json");
    EXPECT_EQ(cause(sign(*key, 10)), std::nullopt);
    medium.durable["keys/baker.json"] = unlisted;
    reopen();
    EXPECT_EQ(cause(key->set_level(5000, {}, false, now)), std::nullopt);
    EXPECT_EQ(cause(sign(*key, 5000)), Cause::stale);
    EXPECT_EQ(cause(sign(*key, 5001)), std::nullopt);
}

TEST_F(open_key, disk_error_on_open_prevents_opening) {
    EXPECT_EQ(cause(sign(*key, 10)), std::nullopt);
    key.reset();
    const auto proof = kek();
    medium.read_error = std::make_error_code(std::errc::too_many_files_open);
    EXPECT_EQ(cause(store->unlock("baker", proof, now)), Cause::storage);
    medium.read_error = {};
    key = unlock("baker");
    EXPECT_EQ(cause(sign(*key, 10, 2)), Cause::stale);
    medium.open_error = std::make_error_code(std::errc::too_many_files_open);
    EXPECT_EQ(cause(sign(*key, 10, 1, other_chain)), Cause::storage);
    EXPECT_FALSE(medium.cached.contains(marks(other_chain)));
    EXPECT_FALSE(key->state_corrupted());
}

}  // namespace
}  // namespace revenant::gadget::keystore
