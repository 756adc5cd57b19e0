#pragma once

#include <string>

#include "common/core/log.hpp"
#include "gadget/disk/result.hpp"

namespace revenant::gadget {

/// Returns the failure's message for the host. Also logs storage failures, for the device's administrator.
inline const std::string& report_failure(const keystore::Failure& failure) {
    if (failure.cause == keystore::Cause::storage)
        log::error("{}", failure.text);
    return failure.text;
}

}  // namespace revenant::gadget
