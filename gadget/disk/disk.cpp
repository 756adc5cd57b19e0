#include "gadget/disk/disk.hpp"

#include <fmt/format.h>

namespace revenant::gadget::keystore {

Failure storage_failure(const Disk& disk, const std::string& name, const std::error_code& error) {
    return {Cause::storage, fmt::format("cannot access '{}' ({}): check the card, and that it is not full or mounted "
                                        "read-only",
                                        disk.path(name), error.message())};
}

}  // namespace revenant::gadget::keystore
