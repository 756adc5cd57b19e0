#pragma once

#include <string>

#include "common/service/options.hpp"

namespace revenant::manual {

/// A completion script for bash: a file of /usr/share/bash-completion/completions.
std::string bash_completion(const Options& options);

/// The same for zsh: a file of a directory in its fpath.
std::string zsh_completion(const Options& options);

/// The settings that go with any command, and those of one.
std::vector<Setting> common_settings(const Options& options);
std::vector<Setting> own_settings(const Options& options, const Command& command);

}  // namespace revenant::manual
