#include "test/support/suite/prepared_store.hpp"

#include <memory>
#include <stdexcept>
#include <string>

#include <sodium.h>

#include "gadget/disk/directory.hpp"
#include "gadget/keystore/store.hpp"

namespace revenant::test {

void prepare_store(PreparedStore kind, const std::filesystem::path& directory, std::string_view passphrase) {
    if (kind == PreparedStore::none)
        return;
    if (::sodium_init() < 0)
        throw std::runtime_error{"cannot initialise libsodium"};
    gadget::keystore::StoreSettings settings;
    if (kind == PreparedStore::cheap) {
        settings.kdf.memory = 8192;
        settings.kdf.fewest_passes = settings.kdf.max_passes = 1;
    }
    settings.boot_id = gadget::keystore::read_boot_id();
    gadget::keystore::Store store{std::make_unique<gadget::keystore::Directory>(directory), settings,
                                  gadget::keystore::boottime_now()};
    if (store.info().initialised)
        return;
    std::string text{passphrase};
    const Secret secret{std::span{reinterpret_cast<std::uint8_t*>(text.data()), text.size()}};
    if (const auto failed = store.init(false, secret))
        throw std::runtime_error{failed->text};
}

}  // namespace revenant::test
