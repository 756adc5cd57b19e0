#pragma once

#include "common/service/options.hpp"

namespace revenant::host {

/// The environment variable with the passphrase, unless --passphrase-env names another one.
constexpr auto passphrase_variable = "REVENANT_PASSPHRASE";

Options host_options();

}  // namespace revenant::host
