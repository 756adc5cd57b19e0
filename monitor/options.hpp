#pragma once

#include "common/service/options.hpp"

namespace revenant::monitor {

Options monitor_options();

}  // namespace revenant::monitor
