#pragma once

#include <filesystem>
#include <string>

namespace revenant {

/// Creates `run_dir`/`program` (mode 0755) if it does not exist, and checks that it is a directory of this process's
/// user and not writable by others. Returns it. Throws std::runtime_error with a user-readable message.
std::filesystem::path prepare_run_directory(const std::filesystem::path& run_dir, const std::string& program);

}  // namespace revenant
