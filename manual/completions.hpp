#pragma once

#include <string>

#include "common/service/options.hpp"

namespace revenant::manual {

/// Returns the bash completion script, a file for /usr/share/bash-completion/completions.
std::string bash_completion(const Options& options);

/// Returns the zsh completion script, a file for a directory in fpath.
std::string zsh_completion(const Options& options);

/// The options and settings that every command accepts, and those of one command.
std::vector<Option> common_options(const Options& options);
std::vector<Option> own_options(const CommandDeclaration& command);

}  // namespace revenant::manual
