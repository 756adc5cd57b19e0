#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace revenant::registrar {

/// Returns the first line of an attribute in configfs or sysfs; empty if it cannot be read. Opens the file each time,
/// since a descriptor returns the value of its first read only.
std::string read_attribute(const std::filesystem::path& attribute);

/// Throws std::runtime_error with a user-readable message.
void write_attribute(const std::filesystem::path& attribute, const std::string& value);

/// Throws std::runtime_error with "what: error text: remedy". `error`: an errno.
[[noreturn]] void refuse_with(const std::string& what, int error, const std::string& remedy);

/// Returns the names in a directory, sorted; none if it cannot be read.
std::vector<std::string> names_in(const std::filesystem::path& directory);

/// Returns every link in the gadget's configurations that points to `function`.
std::vector<std::filesystem::path> links_to(const std::filesystem::path& gadget_dir,
                                            const std::filesystem::path& function);

/// Whether a configuration contains a link, that is: a function.
bool holds_functions(const std::filesystem::path& configuration);

}  // namespace revenant::registrar
