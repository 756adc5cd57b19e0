#include "gadget/keystore/derivation_index.hpp"

#include <array>

#include <fmt/format.h>

#include "gadget/crypto/derivation.hpp"
#include "gadget/crypto/seal.hpp"

namespace revenant::gadget::keystore {
namespace {

using Encoded = std::array<std::uint8_t, 4>;  // little endian

Bytes bound_to() {
    return context({"index 1"});
}

std::error_code write_index(Disk& disk, const Secret& kek, std::uint32_t index) {
    Encoded bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = static_cast<std::uint8_t>(index >> (8 * i));
    return disk.replace(index_file, seal(kek, bytes, bound_to()));
}

}  // namespace

std::error_code start_index(Disk& disk, const Secret& kek) {
    return write_index(disk, kek, 0);
}

Expected<std::uint32_t> spend_index(Disk& disk, const Secret& kek) {
    Bytes sealed;
    if (const auto error = disk.read(index_file, sealed))
        return storage_failure(disk, index_file, error);
    Encoded bytes{};
    if (!unseal(kek, sealed, bound_to(), bytes))
        return Failure{Cause::corrupted,
                       fmt::format("'{}' is damaged, so a new key could repeat an existing one: restore that file",
                                   disk.path(index_file))};
    std::uint32_t index = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i)
        index |= std::uint32_t{bytes[i]} << (8 * i);
    if (index >= max_derivation_index)
        return Failure{Cause::full, "all derivation indexes are used: create a new store"};
    if (const auto error = write_index(disk, kek, index + 1))
        return storage_failure(disk, index_file, error);
    return index;
}

}  // namespace revenant::gadget::keystore
