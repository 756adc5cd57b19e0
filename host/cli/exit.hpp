#pragma once

#include "host/error/fault.hpp"

namespace revenant::host {

/// Exit codes of `revenant`.
enum class Exit : int {
    done = 0,
    failed = 1,
    usage = 2,
    no_device = 3,   ///< or no answer within the deadline
    refused = 4,     ///< by the device
    passphrase = 5,  ///< wrong passphrase, or too many wrong attempts
    unknown = 6,     ///< the outcome is unknown
    interrupted = 130,
};

Exit exit_of(Fault fault);

}  // namespace revenant::host
