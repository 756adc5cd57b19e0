#pragma once

#include "common/service/options.hpp"

namespace revenant {

Options monitor_options();

}  // namespace revenant
