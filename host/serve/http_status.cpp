#include "host/serve/http_status.hpp"

namespace revenant::host::serve {

http::Status http_status_of(Fault fault) {
    switch (fault) {
        case Fault::bad_request:
        case Fault::bad_payload:
            return http::Status::bad_request;
        case Fault::not_authenticated:
            return http::Status::unauthorized;
        case Fault::wrong_authentication:
        case Fault::not_permitted:
        case Fault::key_locked:
            return http::Status::forbidden;
        case Fault::path_not_found:
        case Fault::key_not_found:
            return http::Status::not_found;
        case Fault::bad_method:
            return http::Status::method_not_allowed;
        case Fault::stale_watermark:
        case Fault::key_on_two_devices:
            return http::Status::conflict;
        case Fault::other_host:
            return http::Status::misdirected_request;
        case Fault::too_many_attempts:
            return http::Status::too_many_requests;
        case Fault::bad_answer:
            return http::Status::bad_gateway;
        default:
            return is_transient(fault) ? http::Status::unavailable : http::Status::internal_error;
    }
}

}  // namespace revenant::host::serve
