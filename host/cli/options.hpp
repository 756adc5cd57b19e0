#pragma once

#include "common/service/options.hpp"

namespace revenant::host {

/// Where the passphrase is looked for if no other variable is named.
constexpr auto passphrase_variable = "REVENANT_PASSPHRASE";

Options host_options();

}  // namespace revenant::host
