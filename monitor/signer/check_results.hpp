#pragma once

#include <string>
#include <vector>

#include "monitor/health/health.hpp"
#include "monitor/signer/status.hpp"

/// What a signer's status means for health. No I/O.
namespace revenant::monitor {

struct NamedResult {
    std::string name, kind;
    bool essential = false;
    CheckResult result{};
};

/// Of the devices and keys that the status names. `heard`: the signer answers; otherwise this is what was known last.
std::vector<NamedResult> check_results_of(const SignerStatus& status, bool heard);

/// Of the program itself, at the socket `source`.
CheckResult host_result(const SignerStatus& status, bool heard, const std::string& source);

/// Whether a device is there with a key that could sign.
bool can_sign(const SignerStatus& status);

}  // namespace revenant::monitor
