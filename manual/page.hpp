#pragma once

#include <string>

#include "common/service/options.hpp"

namespace revenant::manual {

/// Returns a page in mdoc(7): the text of `draft` with each line `@SETTINGS@`, `@OPTIONS@`, `@COMMANDS@`, `@EXITS@` and
/// `@SUMMARY@` replaced by the program's declarations. Throws std::runtime_error for any other such line, or unless the
/// first, the second and the fourth occur exactly once.
std::string page(const Options& options, const std::string& draft);

}  // namespace revenant::manual
