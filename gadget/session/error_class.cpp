#include "gadget/session/error_class.hpp"

#include <array>
#include <cerrno>
#include <utility>

namespace revenant::gadget {
namespace {

constexpr std::array classes{
    std::pair{EAGAIN, ErrorClass::retry},     // disabled, suspended, or another transfer uses the endpoint
    std::pair{EINTR, ErrorClass::retry},      //
    std::pair{ENOMEM, ErrorClass::retry},     // no memory for the request at the moment
    std::pair{ENOBUFS, ErrorClass::retry},    //
    std::pair{ESHUTDOWN, ErrorClass::drop},   // disable, reset, set_interface, unbind
    std::pair{ECONNRESET, ErrorClass::drop},  // dequeued by the controller; on loopback: the host closed the connection
    std::pair{EPIPE, ErrorClass::drop},       // on loopback: the host closed the connection
    std::pair{ENOTCONN, ErrorClass::drop},    //
    std::pair{ECANCELED, ErrorClass::drop},   // cancelled by a teardown
};

}  // namespace

ErrorClass classify_error(const error_code& error) {
    for (const auto& [number, error_class] : classes)
        if (error == from_errno(number))
            return error_class;
    return ErrorClass::end;
}

}  // namespace revenant::gadget
