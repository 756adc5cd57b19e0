#pragma once

#include "common/core/asio.hpp"

namespace revenant {

/// What a channel does about a failed transfer.
enum class Remedy {
    retry,  ///< passing: the same transfer again, after a pause that doubles
    park,   ///< the function is disabled: a frame is dropped (its answer is kept for the host's repetition), a read
            ///< waits for the next session
    end,    ///< the endpoint will not work again in this process: the program ends and is started again
};

/// The one table of errno values; anything that it does not name is `end`.
Remedy remedy_for(const error_code& error);

}  // namespace revenant
