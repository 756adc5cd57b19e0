#pragma once

#include <boost/asio/basic_waitable_timer.hpp>

#include "common/async/asio.hpp"
#include "common/core/clock.hpp"

namespace revenant {

/// Asio's timer on the clock of this program.
using Timer = asio::basic_waitable_timer<Clock>;

}  // namespace revenant
