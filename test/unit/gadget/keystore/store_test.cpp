#include "gadget/keystore/store.hpp"

#include <set>

#include "common/tezos/text.hpp"
#include "common/tezos/verify.hpp"
#include "gadget/crypto/derivation.hpp"
#include "gadget/crypto/seal.hpp"
#include "test/support/gadget/store_fixture.hpp"

namespace revenant::gadget::keystore {
namespace {

class keystore : public StoreTest {};

Secret copied(const Secret& secret) {
    const Secret::Reader open{secret};
    return Secret{secret.size(), [&](std::span<std::uint8_t> into) {
                      std::copy(open.bytes().begin(), open.bytes().end(), into.begin());
                  }};
}

TEST_F(keystore, init_survives_restart) {
    open();
    EXPECT_FALSE(store->info().initialised);
    EXPECT_EQ(cause(store->authenticate(right, now)), Cause::not_initialised);
    EXPECT_EQ(cause(store->init(true, Secret{})), Cause::wrong_passphrase);
    EXPECT_EQ(cause(store->init(true, right)), std::nullopt);
    EXPECT_EQ(cause(store->init(true, right)), Cause::already_initialised);
    open();
    EXPECT_TRUE(store->info().initialised);
    EXPECT_TRUE(store->info().deterministic);
    EXPECT_EQ(cause(store->authenticate(wrong, now)), Cause::wrong_passphrase);
    EXPECT_EQ(cause(store->authenticate(right, now)), std::nullopt);
}

TEST_F(keystore, both_key_kinds_survive_restart_and_sign) {
    start();
    const auto tz4 = taken(store->create(" Baker ", Curve::bls, kek()));
    const auto tz1 = taken(store->create("", Curve::ed25519, kek()));
    EXPECT_EQ(tz4.id, "baker");
    EXPECT_EQ(tz1.id, "key1");
    EXPECT_EQ(tz4.address.substr(0, 3), "tz4");
    EXPECT_EQ(tz1.address.substr(0, 3), "tz1");
    EXPECT_FALSE(tz4.proof.empty());
    EXPECT_TRUE(tz1.proof.empty());
    medium.reboot();
    open();
    EXPECT_EQ(store->identities(), (std::vector{tz4, tz1})) << "listed while locked";
    const Bytes message{1, 2, 3};
    for (const auto& identity : {tz4, tz1}) {
        const auto key = unlock(identity.id);
        const auto public_key = tezos::parse_public_key(identity.public_key);
        ASSERT_TRUE(public_key);
        EXPECT_TRUE(tezos::verify(identity.curve, public_key->bytes, message, key->sign(message)));
    }
}

TEST_F(keystore, ids_are_validated_and_unique) {
    start();
    create("a");
    EXPECT_EQ(cause(store->create(" A", Curve::ed25519, kek())), Cause::exists);
    EXPECT_EQ(cause(store->create("../a", Curve::ed25519, kek())), Cause::bad_id);
    EXPECT_EQ(cause(store->create(std::string(65, 'a'), Curve::ed25519, kek())), Cause::bad_id);
    EXPECT_EQ(create("").id, "key1");
    create("key3");
    EXPECT_EQ(create("").id, "key2");
    EXPECT_EQ(create("").id, "key4");
    EXPECT_EQ(cause(store->unlock("nobody", kek(), now)), Cause::not_found);
}

TEST_F(keystore, holds_64_keys) {
    start();
    const auto one_kek = kek();
    for (std::size_t number = 0; number < max_keys; ++number)
        taken(store->create("", Curve::ed25519, one_kek));
    EXPECT_EQ(cause(store->create("", Curve::ed25519, one_kek)), Cause::full);
    EXPECT_EQ(cause(store->remove("key7", one_kek)), std::nullopt);
    EXPECT_EQ(create("").id, "key7");
}

TEST_F(keystore, deterministic_index_is_never_reused) {
    start(true);
    std::set<std::string> addresses;
    EXPECT_TRUE(addresses.insert(create("a").address).second);
    EXPECT_EQ(cause(store->remove("a", kek())), std::nullopt);
    EXPECT_TRUE(addresses.insert(create("a").address).second) << "index reused after a delete";
    medium.fault = [](std::size_t, const std::string& name) {
        return name.starts_with("keys/") ? std::make_unique<Fault>() : nullptr;
    };
    EXPECT_EQ(cause(store->create("b", Curve::ed25519, kek())), Cause::storage);
    medium.fault = nullptr;
    medium.reboot();
    open();
    // Index 2 was spent by the failed attempt: the key has index 3.
    const auto fourth = create("b");
    const auto seed = std::get<Master>(Master::from_file(medium.bytes("master.json"))).seed(kek().secret());
    EXPECT_EQ(fourth.address, derive(seed, Curve::ed25519, 3).address());
    EXPECT_EQ(taken(store->create("c", Curve::bls, kek())).address, derive(seed, Curve::bls, 4).address())
        << "both kinds share one counter";
}

TEST_F(keystore, unwritten_index_is_not_used) {
    start(true);
    for (const auto left : {Fault::Left::old_bytes, Fault::Left::new_bytes}) {
        medium.fault = [=](std::size_t, const std::string& name) {
            return name == "index" ? std::make_unique<Fault>(Fault{left}) : nullptr;
        };
        EXPECT_EQ(cause(store->create("a", Curve::ed25519, kek())), Cause::storage);
        EXPECT_TRUE(store->identities().empty());
    }
}

TEST_F(keystore, last_index_is_used_once) {
    start(true);
    Bytes last(4);
    for (unsigned byte = 0; byte < 4; ++byte)
        last[byte] = static_cast<std::uint8_t>((max_derivation_index - 1) >> (8 * byte));
    ASSERT_FALSE(FakeDisk{medium}.replace("index", seal(kek().secret(), last, context({"index 1"}))));
    create("a");
    EXPECT_EQ(cause(store->create("b", Curve::ed25519, kek())), Cause::full);
}

TEST_F(keystore, damaged_index_prevents_key_creation) {
    start(true);
    medium.flip("index", 30);
    EXPECT_EQ(cause(store->create("a", Curve::ed25519, kek())), Cause::corrupted);
    medium.cached.erase("index");
    EXPECT_EQ(cause(store->create("a", Curve::ed25519, kek())), Cause::storage);
}

TEST_F(keystore, delete_removes_key_before_marks) {
    start();
    create("baker");
    create("other");
    EXPECT_EQ(cause(sign(*unlock("baker"), 10)), std::nullopt);
    EXPECT_EQ(cause(sign(*unlock("baker"), 10, 1, other_chain)), std::nullopt);
    EXPECT_EQ(cause(sign(*unlock("other"), 10)), std::nullopt);
    const auto proof = kek();
    medium.log.clear();
    EXPECT_EQ(cause(store->remove("baker", proof)), std::nullopt);
    ASSERT_EQ(medium.log.size(), 3U);
    EXPECT_EQ(medium.log[0], "keys/baker.json");
    EXPECT_TRUE(medium.log[1].starts_with("marks/") && medium.log[2].starts_with("marks/"));
    EXPECT_EQ(store->identities().size(), 1U);
    EXPECT_EQ(cause(sign(*unlock("other"), 10, 2)), Cause::stale) << "marks of other keys are kept";
    open();
    EXPECT_EQ(cause(store->unlock("baker", kek(), now)), Cause::not_found);
}

TEST_F(keystore, open_deleted_key_writes_nothing) {
    start();
    create("baker");
    const auto key = unlock("baker");
    EXPECT_EQ(cause(store->remove("baker", kek())), std::nullopt);
    EXPECT_EQ(cause(sign(*key, 10)), Cause::not_found);
    EXPECT_EQ(cause(key->set_level(10, {}, true, now)), Cause::not_found);
    EXPECT_FALSE(medium.cached.contains("keys/baker.json"));
}

TEST_F(keystore, unlock_returns_same_object_while_held) {
    start();
    create("baker");
    auto first = unlock("baker");
    EXPECT_EQ(cause(sign(*first, 10)), std::nullopt);
    auto second = unlock("baker");
    EXPECT_EQ(first, second) << "two objects would write the same marks file";
    first.reset();
    second.reset();
    EXPECT_EQ(cause(sign(*unlock("baker"), 10, 2)), Cause::stale);
}

TEST_F(keystore, reopen_needs_data_key_only) {
    start();
    create("baker");
    create("other");
    auto key = unlock("baker");
    EXPECT_EQ(cause(sign(*key, 10)), std::nullopt);
    const auto data_key = copied(key->data_key());
    key.reset();
    open();
    EXPECT_EQ(cause(store->reopen("other", data_key, now)), Cause::corrupted);
    EXPECT_EQ(cause(store->reopen("nobody", data_key, now)), Cause::not_found);
    key = taken(store->reopen("baker", data_key, now));
    EXPECT_EQ(cause(sign(*key, 10, 2)), Cause::stale);
    EXPECT_EQ(cause(sign(*key, 10, 1)), std::nullopt);
}

TEST_F(keystore, swapped_files_are_rejected) {
    start();
    create("a");
    create("b");
    EXPECT_EQ(cause(sign(*unlock("a"), 10)), std::nullopt);
    EXPECT_EQ(cause(sign(*unlock("b"), 500)), std::nullopt);
    std::swap(medium.cached["keys/a.json"], medium.cached["keys/b.json"]);
    open();
    EXPECT_EQ(store->damage().size(), 2U);
    EXPECT_EQ(cause(store->unlock("a", kek(), now)), Cause::corrupted);
    std::swap(medium.cached["keys/a.json"], medium.cached["keys/b.json"]);

    std::vector<std::string> marks;
    for (const auto& [name, inode] : medium.cached)
        if (name.starts_with("marks/"))
            marks.push_back(name);
    ASSERT_EQ(marks.size(), 2U);
    std::swap(medium.cached[marks[0]], medium.cached[marks[1]]);
    open();
    EXPECT_EQ(cause(sign(*unlock("a"), 1000)), Cause::corrupted);
    EXPECT_EQ(cause(sign(*unlock("b"), 1000)), Cause::corrupted);
}

TEST_F(keystore, key_file_bit_flips_are_detected) {
    start();
    const auto identity = taken(store->create("baker", Curve::bls, kek()));
    const auto proof = kek();
    for (std::size_t at = 0; at < medium.bytes("keys/baker.json").size(); ++at) {
        medium.flip("keys/baker.json", at);
        open();
        const auto opened = store->unlock("baker", proof, now);
        if (!cause(opened)) {  // one whitespace character replaced by another: same meaning
            EXPECT_EQ(std::get<std::shared_ptr<OpenKey>>(opened)->identity(), identity) << at;
        }
        medium.flip("keys/baker.json", at);
    }
    medium.flip("keys/baker.json", medium.bytes("keys/baker.json").size() / 2);
    open();
    EXPECT_EQ(cause(store->unlock("baker", proof, now)), Cause::corrupted);
}

TEST_F(keystore, damaged_key_file_affects_only_that_key) {
    start();
    create("a");
    create("b");
    medium.bytes("keys/a.json").resize(20);
    open();
    ASSERT_EQ(store->damage().size(), 1U);
    EXPECT_NE(store->damage()[0].find("keys/a.json"), std::string::npos);
    EXPECT_EQ(store->identities().size(), 1U);
    EXPECT_EQ(cause(store->create("a", Curve::ed25519, kek())), Cause::exists);
    EXPECT_EQ(cause(store->unlock("a", kek(), now)), Cause::corrupted);
    EXPECT_TRUE(unlock("b"));
    EXPECT_EQ(cause(store->remove("a", kek())), std::nullopt);
    create("a");
}

TEST_F(keystore, incomplete_or_unknown_store_is_not_modified) {
    start();
    create("a");
    const auto master = medium.bytes("master.json");
    const auto refuses = [&](const char* word) {
        try {
            open();
        } catch (const std::runtime_error& error) {
            return std::string_view{error.what()}.find(word) != std::string_view::npos;
        }
        return false;
    };
    medium.bytes("master.json").resize(master.size() / 2);
    EXPECT_TRUE(refuses("damaged"));
    const std::string newer = R"({"version":2})";
    medium.bytes("master.json").assign(newer.begin(), newer.end());
    EXPECT_TRUE(refuses("version"));
    medium.cached.erase("master.json");
    EXPECT_TRUE(refuses("master.json"));
}

TEST_F(keystore, modified_master_is_rejected) {
    start(true);
    auto& bytes = medium.bytes("master.json");
    const std::string_view text{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    const auto at = text.find("argon2id_memory\":8192");
    ASSERT_NE(at, std::string_view::npos);
    bytes[at + 20] = '3';  // 8193: the same number of blocks, so the same key
    open();
    EXPECT_EQ(cause(store->authenticate(right, now)), Cause::wrong_passphrase);
}

TEST_F(keystore, init_chooses_passes_within_time_limit) {
    for (const auto& [two_passes, expected] : {std::pair{700, 4U}, {800, 3U}, {1100, 2U}, {9000, 2U}, {0, 4U}}) {
        std::chrono::milliseconds clock{0};
        const KdfSettings kdf{8192, 2, 4, std::chrono::milliseconds{1500}, [&clock, step = two_passes] {
                                  return std::exchange(clock, clock + std::chrono::milliseconds{step});
                              }};
        EXPECT_EQ(choose_cost(kdf), (KdfCost{expected, 8192})) << two_passes;
    }
}

TEST_F(keystore, files_contain_no_plaintext_secret) {
    start(true);
    create("baker");
    const auto key = unlock("baker");
    const Secret::Reader data_key{key->data_key()};
    const auto seed = std::get<Master>(Master::from_file(medium.bytes("master.json"))).seed(kek().secret());
    const auto secret = derive(seed, Curve::ed25519, 0);
    const Secret::Reader seed_bytes{seed};
    const Secret::Reader secret_bytes{secret.secret()};
    for (const auto& bytes : {data_key.bytes(), seed_bytes.bytes(), secret_bytes.bytes()})
        for (const auto& [name, inode] : medium.cached) {
            const auto shown = hex(bytes);
            const std::string_view file{reinterpret_cast<const char*>(inode->cached.data()), inode->cached.size()};
            EXPECT_EQ(file.find(std::string_view{shown.data(), shown.size()}), std::string_view::npos) << name;
            EXPECT_EQ(std::search(inode->cached.begin(), inode->cached.end(), bytes.begin(), bytes.end()),
                      inode->cached.end())
                << name;
        }
}

// From an empty disk to a signing key and a deleted one, with a power cut at every durable operation.
TEST_F(keystore, power_cut_anywhere_loses_no_mark) {
    for (const auto left : {Fault::Left::old_bytes, Fault::Left::new_bytes, Fault::Left::torn})
        for (std::size_t event = 0;; ++event) {
            medium = Medium{};
            now = {};
            std::optional<std::int32_t> signed_last;
            std::set<std::string> promised;
            medium.fault = [&](std::size_t at, const std::string&) {
                return at == event ? std::make_unique<Fault>(Fault{left, true}) : nullptr;
            };
            bool cut = false;
            try {
                start(true);
                promised.insert(create("baker").address);
                auto key = unlock("baker");
                EXPECT_EQ(cause(key->set_level(100, {}, false, now)), std::nullopt);
                for (std::int32_t level = 101; level < 105; ++level) {
                    EXPECT_EQ(cause(sign(*key, level)), std::nullopt);
                    signed_last = level;
                }
                promised.insert(create("other").address);
                EXPECT_EQ(cause(store->remove("other", kek())), std::nullopt);
            } catch (const PowerCut&) {
                cut = true;
            }
            if (!cut)
                break;
            medium.fault = nullptr;
            medium.reboot();
            ASSERT_NO_THROW(open()) << event;
            now += Throttle::window;  // a torn count counts as full
            if (!store->info().initialised) {
                ASSERT_TRUE(promised.empty());
                ASSERT_EQ(cause(store->init(true, right)), std::nullopt);
                continue;
            }
            ASSERT_TRUE(store->damage().empty()) << store->damage()[0];
            if (signed_last) {
                const auto key = unlock("baker");
                EXPECT_FALSE(key->state_corrupted()) << event;
                EXPECT_EQ(cause(sign(*key, *signed_last, 2)), Cause::stale) << event;
                EXPECT_EQ(cause(sign(*key, 100, 2)), Cause::stale) << event;
                EXPECT_EQ(cause(sign(*key, *signed_last + 12, 2)), std::nullopt) << event;
            } else if (!promised.empty()) {
                EXPECT_EQ(cause(sign(*unlock("baker"), 1000)), std::nullopt) << event;
            }
            EXPECT_TRUE(promised.insert(create("new").address).second) << "index reused after event " << event;
        }
}

}  // namespace
}  // namespace revenant::gadget::keystore
