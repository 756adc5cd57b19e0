#pragma once

#include "common/async/asio.hpp"

namespace revenant::gadget {

/// What a channel does about a frame that could not be sent.
enum class ErrorClass {
    retry,  ///< transient: repeat the transfer after a pause that doubles
    drop,   ///< the transfer is lost, possibly after the host received it; the answer is cached for a repeated request
    end,    ///< the endpoint is unusable in this process: the program exits and is restarted
};

/// Classifies by errno; values not in the table are `end`.
ErrorClass classify_error(const error_code& error);

}  // namespace revenant::gadget
