#include "gadget/disk/result.hpp"

namespace revenant::gadget::keystore {

std::uint32_t sign_error_code(Cause cause) {
    switch (cause) {
        case Cause::not_found:
            return 31;
        case Cause::stale:
        case Cause::over_budget:
            return 33;
        case Cause::out_of_bounds:
            return 34;
        case Cause::bad_id:
        case Cause::exists:
        case Cause::full:
        case Cause::not_initialised:
        case Cause::already_initialised:
        case Cause::throttled:
        case Cause::wrong_passphrase:
        case Cause::corrupted:
        case Cause::storage:
        case Cause::which_chain:
            return 30;
    }
    return 30;
}

}  // namespace revenant::gadget::keystore
