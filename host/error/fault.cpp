#include "host/error/fault.hpp"

namespace revenant::host {

const char* name(Fault fault) {
    switch (fault) {
        case Fault::usage:
            return "usage";
        case Fault::interrupted:
            return "interrupted";
        case Fault::not_confirmed:
            return "not_confirmed";
        case Fault::none_chosen:
            return "none_picked";
        case Fault::wrong_passphrase:
            return "passphrase";
        case Fault::no_device:
            return "no_device";
        case Fault::not_ready:
            return "not_ready";
        case Fault::busy_elsewhere:
            return "held";
        case Fault::silent:
            return "silent";
        case Fault::foreign:
            return "foreign";
        case Fault::forbidden:
            return "forbidden";
        case Fault::ambiguous:
            return "several_devices";
        case Fault::timeout:
            return "no_answer";
        case Fault::busy:
            return "busy";
        case Fault::unknown_outcome:
            return "outcome_unknown";
        case Fault::bad_answer:
            return "bad_answer";
        case Fault::refused:
            return "refused";
        case Fault::no_keys:
            return "no_keys";
        case Fault::key_not_found:
            return "no_such_key";
        case Fault::key_locked:
        case Fault::no_unlocked_key:
            return "key_locked";
        case Fault::key_on_two_devices:
            return "key_on_two_devices";
        case Fault::stale_watermark:
            return "stale_watermark";
        case Fault::bad_payload:
            return "bad_payload";
        case Fault::bad_request:
            return "bad_request";
        case Fault::path_not_found:
            return "not_found";
        case Fault::bad_method:
            return "bad_method";
        case Fault::not_authenticated:
        case Fault::wrong_authentication:
            return "not_authenticated";
        case Fault::too_many_attempts:
            return "too_many_attempts";
        case Fault::not_permitted:
            return "not_permitted";
        case Fault::other_host:
            return "other_host";
        case Fault::internal:
            break;
    }
    return "failed";
}

bool is_unreachable(Fault fault) {
    switch (fault) {
        case Fault::no_device:
        case Fault::not_ready:
        case Fault::busy_elsewhere:
        case Fault::silent:
        case Fault::foreign:
        case Fault::forbidden:
        case Fault::timeout:
            return true;
        default:
            return false;
    }
}

bool is_transient(Fault fault) {
    return is_unreachable(fault) || fault == Fault::ambiguous || fault == Fault::busy ||
           fault == Fault::unknown_outcome || fault == Fault::no_unlocked_key;
}

}  // namespace revenant::host
