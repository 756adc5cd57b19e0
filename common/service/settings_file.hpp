#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace revenant {

/// A line `name = value` of a settings file.
struct SettingLine {
    std::size_t number;  ///< from 1
    std::string name, value;
};

/// Reads a settings file: `name = value` lines in UTF-8, empty lines, and comments, which begin with a '#' at the start
/// of a line or after a blank. A file that certainly does not exist yields no lines unless it `must_exist`. Any other
/// obstacle (no permission, a directory, a link without a target) and any other line throws UsageError: it must not
/// turn into defaults. Blocks.
std::vector<SettingLine> read_settings_file(const std::filesystem::path& file, bool must_exist);

}  // namespace revenant
