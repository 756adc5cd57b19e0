#include "host/cli/exit.hpp"

namespace revenant::host {

Exit exit_of(Fault fault) {
    switch (fault) {
        case Fault::usage:
        case Fault::ambiguous:
            return Exit::usage;
        case Fault::interrupted:
            return Exit::interrupted;
        case Fault::wrong_passphrase:
            return Exit::passphrase;
        case Fault::unknown_outcome:
            return Exit::unknown;
        case Fault::refused:
        case Fault::key_not_found:
        case Fault::key_locked:
        case Fault::key_on_two_devices:
        case Fault::stale_watermark:
        case Fault::bad_payload:
            return Exit::refused;
        default:
            return is_unreachable(fault) ? Exit::no_device : Exit::failed;
    }
}

}  // namespace revenant::host
