#include "host/serve/http_status.hpp"

namespace revenant::host::serve {

unsigned http_status_of(Fault fault) {
    switch (fault) {
        case Fault::bad_request:
        case Fault::bad_payload:
            return 400;
        case Fault::not_authenticated:
            return 401;
        case Fault::wrong_authentication:
        case Fault::not_permitted:
        case Fault::key_locked:
            return 403;
        case Fault::path_not_found:
        case Fault::key_not_found:
            return 404;
        case Fault::bad_method:
            return 405;
        case Fault::stale_watermark:
        case Fault::key_on_two_devices:
            return 409;
        case Fault::body_too_long:
            return 413;
        case Fault::header_too_long:
            return 431;
        case Fault::bad_answer:
            return 502;
        default:
            return is_transient(fault) ? 503 : 500;
    }
}

}  // namespace revenant::host::serve
