#pragma once

#include "common/service/options.hpp"

namespace revenant::gadget {

Options gadget_options();

}  // namespace revenant::gadget
