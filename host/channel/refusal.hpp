#pragma once

#include <string>

#include "common/wire/message.hpp"
#include "host/error/error.hpp"

namespace revenant::host {

/// An error response of the device. `subject`, such as a key's address, begins the sentence unless the device names it.
Error refusal(const ErrorResponse& error, const std::string& subject = {});

/// Whether a text of the device complains about the passphrase. The results per key of the protocol carry no code.
bool blames_passphrase(const std::string& error);

/// The device answered another request, or nothing that can be read.
Error bad_answer();

}  // namespace revenant::host
