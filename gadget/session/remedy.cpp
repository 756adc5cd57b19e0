#include "gadget/session/remedy.hpp"

#include <array>
#include <cerrno>
#include <utility>

namespace revenant::gadget {
namespace {

constexpr std::array remedies{
    std::pair{EAGAIN, Remedy::retry},     // disabled, suspended, or another transfer holds the endpoint
    std::pair{EINTR, Remedy::retry},      //
    std::pair{ENOMEM, Remedy::retry},     // no room for the request just now
    std::pair{ENOBUFS, Remedy::retry},    //
    std::pair{ESHUTDOWN, Remedy::drop},   // disable, reset, set_interface, unbind
    std::pair{ECONNRESET, Remedy::drop},  // dequeued by the controller; on loopback: the host let go
    std::pair{EPIPE, Remedy::drop},       // on loopback: the host let go
    std::pair{ENOTCONN, Remedy::drop},    //
    std::pair{ECANCELED, Remedy::drop},   // withdrawn by a teardown
};

}  // namespace

Remedy remedy_for(const error_code& error) {
    for (const auto& [number, remedy] : remedies)
        if (error == from_errno(number))
            return remedy;
    return Remedy::end;
}

}  // namespace revenant::gadget
