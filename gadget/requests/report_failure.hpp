#pragma once

#include <string>

#include "common/core/log.hpp"
#include "gadget/disk/result.hpp"

namespace revenant::gadget {

/// The failure's sentence for the host. That the disk refuses is also for whoever looks after the device: it is logged.
inline const std::string& report_failure(const keystore::Failure& failure) {
    if (failure.cause == keystore::Cause::storage)
        log::error("{}", failure.text);
    return failure.text;
}

}  // namespace revenant::gadget
