#pragma once

#include <string>

#include "common/service/options.hpp"

namespace revenant::manual {

/// A page in mdoc(7): the text of `draft`, with each line `@SETTINGS@`, `@OPTIONS@`, `@COMMANDS@`, `@EXITS@` and
/// `@SUMMARY@` replaced by what the program declares. Throws std::runtime_error for another such line, or if one of
/// the first, the second and the fourth is missing.
std::string page(const Options& options, const std::string& draft);

}  // namespace revenant::manual
