#pragma once

#include "common/async/asio.hpp"

namespace revenant::gadget {

/// What a channel does about a frame that did not leave.
enum class ErrorClass {
    retry,  ///< passing: the same transfer again, after a pause that doubles
    drop,   ///< the transfer is lost, perhaps after the host has taken it; its answer is kept for the host's repetition
    end,    ///< the endpoint will not work again in this process: the program ends and is started again
};

/// The one table of errno values; anything that it does not name is `end`.
ErrorClass classify_error(const error_code& error);

}  // namespace revenant::gadget
