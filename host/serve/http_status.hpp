#pragma once

#include "common/http/status.hpp"
#include "host/error/fault.hpp"

namespace revenant::host::serve {

/// The status of the response to a failed request.
http::Status http_status_of(Fault fault);

}  // namespace revenant::host::serve
