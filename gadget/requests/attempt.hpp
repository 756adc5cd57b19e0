#pragma once

#include <exception>
#include <string_view>

#include <fmt/format.h>

#include "gadget/disk/result.hpp"

namespace revenant::gadget {

/// Runs `body` and converts exceptions into a failure of `what`: a pool thread must not throw.
template <typename Body>
keystore::Outcome attempt(std::string_view what, Body body) {
    try {
        return body();
    } catch (const std::exception& failed) {
        return keystore::Failure{keystore::Cause::storage, fmt::format("{} failed: {}; retry", what, failed.what())};
    }
}

}  // namespace revenant::gadget
