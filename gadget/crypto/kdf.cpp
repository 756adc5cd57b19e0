#include "gadget/crypto/kdf.hpp"

#include <algorithm>
#include <array>
#include <new>

#include <sodium.h>

#include "gadget/crypto/seal.hpp"
#include "gadget/disk/clock.hpp"

namespace revenant::gadget::keystore {

static_assert(salt_size == crypto_pwhash_argon2id_SALTBYTES);

namespace {

constexpr std::size_t used_stack = 32 << 10;  // bytes; crypto_pwhash() uses less

}  // namespace

bool is_sane(const KdfCost& cost) {
    return cost.passes >= crypto_pwhash_argon2id_OPSLIMIT_MIN && cost.passes <= 16 &&
           cost.memory >= crypto_pwhash_argon2id_MEMLIMIT_MIN && cost.memory <= (std::size_t{256} << 20);
}

Secret derive_kek(const Secret& passphrase, ByteView salt, const KdfCost& cost) {
    const Secret::Reader open{passphrase};
    return Secret{key_size, [&](std::span<std::uint8_t> into) {
                      const int failed = crypto_pwhash(
                          into.data(), into.size(), reinterpret_cast<const char*>(open.bytes().data()),
                          open.bytes().size(), salt.data(), cost.passes, cost.memory, crypto_pwhash_ALG_ARGON2ID13);
                      sodium_stackzero(used_stack);  // crypto_pwhash() leaves a copy of the key there
                      if (failed != 0)
                          throw std::bad_alloc{};
                  }};
}

KdfCost choose_cost(const KdfSettings& settings) {
    const auto now = settings.clock ? settings.clock : uptime_now;
    const KdfCost fewest{settings.fewest_passes, settings.memory};
    const std::array<std::uint8_t, salt_size> salt{};
    const auto before = now();
    derive_kek(random_secret(salt_size), salt, fewest);
    const auto one_pass = std::max<std::int64_t>(1, (now() - before).count() / fewest.passes);
    const auto affordable =
        std::clamp<std::int64_t>(settings.limit.count() / one_pass, fewest.passes, settings.max_passes);
    return {static_cast<std::uint32_t>(affordable), settings.memory};
}

}  // namespace revenant::gadget::keystore
