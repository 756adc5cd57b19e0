#pragma once

#include "common/service/options.hpp"

namespace revenant::liveness {

Options liveness_options();

}  // namespace revenant::liveness
