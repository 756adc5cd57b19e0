#pragma once

#include "common/service/options.hpp"

namespace revenant {

Options gadget_options();

}  // namespace revenant
