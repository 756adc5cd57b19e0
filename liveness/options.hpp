#pragma once

#include "common/service/options.hpp"

namespace revenant {

Options liveness_options();

}  // namespace revenant
