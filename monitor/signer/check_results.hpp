#pragma once

#include <string>
#include <vector>

#include "monitor/health/health.hpp"
#include "monitor/signer/status.hpp"

/// Derives health from a signer's status. No I/O.
namespace revenant::monitor {

struct NamedResult {
    std::string name, kind;
    bool essential = false;
    CheckResult result{};
};

/// Results for the devices and keys in the status. `heard`: the signer responds; else `status` is the last known one.
std::vector<NamedResult> check_results_of(const SignerStatus& status, bool heard);

/// Result for a signer process that responds.
CheckResult host_result(const SignerStatus& status);

/// Whether a ready device has a key that can sign.
bool can_sign(const SignerStatus& status);

}  // namespace revenant::monitor
