#pragma once

#include <string>

#include "common/service/options.hpp"

namespace revenant::manual {

/// Returns the bash completion script, a file for /usr/share/bash-completion/completions.
std::string bash_completion(const Options& options);

/// Returns the zsh completion script, a file for a directory in fpath.
std::string zsh_completion(const Options& options);

/// The settings that every command accepts, and those specific to one command.
std::vector<Setting> common_settings(const Options& options);
std::vector<Setting> own_settings(const Options& options, const Command& command);

}  // namespace revenant::manual
