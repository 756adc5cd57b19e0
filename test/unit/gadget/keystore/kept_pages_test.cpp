#include "gadget/keystore/live_pages.hpp"
#include "test/support/gadget/store_fixture.hpp"

namespace revenant::gadget::keystore {
namespace {

/// A store whose keys have live pages and a reserve of four levels.
class KeptPagesTest : public StoreTest {
protected:
    void SetUp() override {
        pages = std::get<std::unique_ptr<LivePages>>(LivePages::create());
        settings.pages = pages.get();
        settings.chains.marks.reserve_levels = 4;
        start();
        create("baker");
        key = unlock("baker");
    }
    void unlock_again() {
        key.reset();
        open();
        key = unlock("baker");
    }
    PageOwner owner() const {
        const auto identity = store->identities().front();
        return {key_tag(identity.id, identity.address), chain};
    }

    std::unique_ptr<LivePages> pages;
    std::shared_ptr<OpenKey> key;
};

TEST_F(KeptPagesTest, crash_is_exact_on_every_chain) {
    for (const auto& on : {chain, other_chain}) {
        EXPECT_EQ(cause(sign(*key, 10, 1, on)), std::nullopt);
        EXPECT_EQ(cause(sign(*key, 12, 1, on)), std::nullopt);
    }
    medium.restart();
    unlock_again();
    for (const auto& on : {chain, other_chain}) {
        EXPECT_EQ(cause(sign(*key, 12, 2, on)), Cause::stale);
        EXPECT_EQ(cause(sign(*key, 12, 1, on)), std::nullopt);
    }
}

TEST_F(KeptPagesTest, locked_key_keeps_its_page) {
    EXPECT_EQ(cause(sign(*key, 12)), std::nullopt);
    EXPECT_EQ(cause(key->rest()), std::nullopt);
    key.reset();
    EXPECT_EQ(pages->page(owner())->newest()->marks.highest(), 12);
}

TEST_F(KeptPagesTest, rested_key_is_exact_after_a_power_cut) {
    EXPECT_EQ(cause(sign(*key, 12)), std::nullopt);
    EXPECT_EQ(cause(key->rest()), std::nullopt);
    pages->erase(owner().key);
    medium.reboot();
    unlock_again();
    EXPECT_EQ(cause(sign(*key, 12, 2)), Cause::stale);
    EXPECT_EQ(cause(sign(*key, 12, 1)), std::nullopt);
}

// P6: the page of a chain whose file was put back to the time before the chain was listed.
TEST_F(KeptPagesTest, added_chain_looks_for_its_page) {
    const auto unlisted = *medium.durable.at("keys/baker.json");
    EXPECT_EQ(cause(sign(*key, 10)), std::nullopt);
    EXPECT_EQ(cause(sign(*key, 12)), std::nullopt);
    *medium.cached.at("keys/baker.json") = unlisted;
    medium.cached.erase(marks_file(key->identity().address, chain));
    unlock_again();
    EXPECT_EQ(key->find_chain(chain), nullptr);
    EXPECT_EQ(cause(sign(*key, 12, 2)), Cause::stale);
}

TEST_F(KeptPagesTest, deleted_key_frees_its_pages_after_its_file) {
    EXPECT_EQ(cause(sign(*key, 10)), std::nullopt);
    const auto page_owner = owner();
    const auto proof = kek();
    medium.fault = [](std::size_t, const std::string& name) {
        return name.starts_with("keys/") ? std::make_unique<Fault>() : nullptr;
    };
    EXPECT_EQ(cause(store->remove("baker", proof)), Cause::storage);
    EXPECT_TRUE(pages->page(page_owner)->newest()) << "P6: the key is still there";
    medium.fault = nullptr;
    EXPECT_EQ(cause(store->remove("baker", proof)), std::nullopt);
    EXPECT_FALSE(pages->page(page_owner)->newest());
}

TEST_F(KeptPagesTest, deleted_locked_key_frees_its_pages) {
    EXPECT_EQ(cause(sign(*key, 10)), std::nullopt);
    const auto page_owner = owner();
    key.reset();
    EXPECT_EQ(cause(store->remove("baker", kek())), std::nullopt);
    EXPECT_FALSE(pages->page(page_owner)->newest());
}

TEST_F(KeptPagesTest, full_memory_signs_as_without_a_keeper) {
    std::vector<std::shared_ptr<LivePage>> all;
    while (auto page =
               pages->page({{static_cast<std::uint8_t>(all.size()), static_cast<std::uint8_t>(all.size() >> 8)}, {}}))
        all.push_back(std::move(page));
    EXPECT_EQ(cause(sign(*key, 10)), std::nullopt);
    medium.restart();
    unlock_again();
    EXPECT_EQ(cause(sign(*key, 14)), Cause::stale);
    EXPECT_EQ(cause(sign(*key, 15)), std::nullopt);
}

}  // namespace
}  // namespace revenant::gadget::keystore
