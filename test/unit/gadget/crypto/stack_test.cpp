// Checks that libsodium and blst leave no secret on the stack of a thread that uses the key store.
#include <optional>

#include <gtest/gtest.h>
#include <sodium.h>

#include "gadget/crypto/derivation.hpp"
#include "gadget/crypto/kdf.hpp"
#include "gadget/crypto/seal.hpp"
#include "test/support/gadget/own_stack.hpp"
#include "test/support/gadget/store_fixture.hpp"

namespace revenant::gadget::keystore {
namespace {

using Hash = std::array<std::uint8_t, crypto_hash_sha512_BYTES>;

/// The two halves of the Ed25519 key that libsodium expands from the seed.
Hash expanded(const Secret& seed) {
    const Secret::Reader open{seed};
    Hash hash{};
    crypto_hash_sha512(hash.data(), open.bytes().data(), open.bytes().size());
    hash[0] &= 248;
    hash[31] &= 127;
    hash[31] |= 64;
    return hash;
}

class StackTest : public testing::Test {
protected:
    const bool sodium = sodium_init() >= 0;  // before the first secret
    test::OwnStack stack;
    const Bytes message{1, 2, 3};
};

TEST_F(StackTest, unwiped_stack_is_detected) {
    const auto secret = random_secret(key_size);
    stack.run([&] {
        const Secret::Reader open{secret};
        volatile std::uint8_t careless[key_size];
        std::copy(open.bytes().begin(), open.bytes().end(), careless);
    });
    EXPECT_TRUE(stack.holds(secret));
}

TEST_F(StackTest, key_encryption_key_is_wiped) {
    const std::array<std::uint8_t, salt_size> salt{};
    const auto passphrase = secret_text("correct horse battery staple");
    Secret kek;
    stack.run([&] { kek = derive_kek(passphrase, salt, {1, 8192}); });
    EXPECT_FALSE(stack.holds(kek));
    EXPECT_FALSE(stack.holds(passphrase));
}

TEST_F(StackTest, seal_and_unseal_leave_no_key) {
    const auto key = random_secret(key_size);
    const auto plain = random_secret(key_size);
    Bytes sealed;
    Secret again;
    stack.run([&] { sealed = seal(key, plain, {}); });
    const auto subkey = [&] {
        std::array<std::uint8_t, crypto_core_hchacha20_OUTPUTBYTES> bytes{};
        crypto_core_hchacha20(bytes.data(), sealed.data(), Secret::Reader{key}.bytes().data(), nullptr);
        return bytes;
    }();
    EXPECT_FALSE(stack.holds(key) || stack.holds(plain) || stack.holds(subkey));
    stack.run([&] { again = unseal(key, sealed, {}); });
    EXPECT_EQ(again.size(), plain.size());
    EXPECT_FALSE(stack.holds(key) || stack.holds(plain) || stack.holds(subkey));
}

TEST_F(StackTest, ed25519_key_leaves_no_secret) {
    std::optional<SigningKey> key;
    stack.run([&] { key.emplace(SigningKey::random(tezos::Curve::ed25519)); });
    const auto& secret = key->secret();
    EXPECT_FALSE(stack.holds(secret) || stack.holds(expanded(secret)));
    stack.run([&] { EXPECT_FALSE(key->sign(message).empty()); });
    EXPECT_FALSE(stack.holds(secret) || stack.holds(expanded(secret)));
}

TEST_F(StackTest, bls_key_leaves_no_secret) {
    std::optional<SigningKey> key;
    stack.run([&] { key.emplace(SigningKey::random(tezos::Curve::bls)); });
    EXPECT_FALSE(stack.holds(key->secret()));
    stack.run([&] { EXPECT_FALSE(key->sign(message).empty()); });
    EXPECT_FALSE(stack.holds(key->secret()));
    stack.run([&] { EXPECT_FALSE(key->prove_possession().empty()); });
    EXPECT_FALSE(stack.holds(key->secret()));
}

TEST_F(StackTest, derivation_leaves_no_secret) {
    const auto seed = random_secret(64);
    for (const auto curve : {tezos::Curve::bls, tezos::Curve::ed25519}) {
        std::optional<SigningKey> key;
        stack.run([&] { key.emplace(derive(seed, curve, 7)); });
        EXPECT_FALSE(stack.holds(key->secret()) || stack.holds(seed));
        const auto master = curve == tezos::Curve::bls ? eip2333_scalar(seed, {}) : slip10_ed25519_seed(seed, {});
        EXPECT_FALSE(stack.holds(master));
    }
}

class StoreStackTest : public StoreTest {
protected:
    test::OwnStack stack;
};

TEST_F(StoreStackTest, unlock_and_sign_leave_no_key) {
    start();
    const auto created = create("baker");
    std::optional<Kek> used;
    std::shared_ptr<OpenKey> key;
    stack.run([&] {
        used.emplace(kek());
        key = taken(store->unlock("baker", *used, now));
        EXPECT_FALSE(key->sign(Bytes{1, 2, 3}).empty());
    });
    EXPECT_FALSE(stack.holds(used->secret()));
    EXPECT_FALSE(stack.holds(key->data_key()));
    EXPECT_FALSE(stack.holds(right));
}

}  // namespace
}  // namespace revenant::gadget::keystore
