#pragma once

#include "host/error/fault.hpp"

namespace revenant::host::serve {

/// The status code of RFC 9110 for a failed request.
unsigned http_status_of(Fault fault);

}  // namespace revenant::host::serve
