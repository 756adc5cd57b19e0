#pragma once

#include <string>

#include "common/wire/message.hpp"
#include "host/octez/problem.hpp"

namespace revenant::host::serve {

/// What an error of the device means over HTTP. `subject` is named in the sentence: the key's address.
Problem refusal(const std::string& subject, const ErrorResponse& error);

/// The device answered, but no answer to the question.
Problem strange_answer();

}  // namespace revenant::host::serve
