#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace revenant::registrar {

/// The first line of an attribute below configfs or sysfs, by a fresh open (a descriptor gives its first read for
/// ever); empty if it cannot be read.
std::string read_attribute(const std::filesystem::path& attribute);

/// Throws std::runtime_error with a sentence for a person.
void write_attribute(const std::filesystem::path& attribute, const std::string& value);

/// Throws std::runtime_error: "what: the error: remedy". `error`: of <cerrno>.
[[noreturn]] void refuse_with(const std::string& what, int error, const std::string& remedy);

/// The names in a directory, sorted; none if it cannot be read.
std::vector<std::string> names_in(const std::filesystem::path& directory);

/// Every link of the gadget's configurations that leads to `function`.
std::vector<std::filesystem::path> links_to(const std::filesystem::path& gadget_dir,
                                            const std::filesystem::path& function);

/// Whether a configuration holds a link, that is: a function.
bool holds_functions(const std::filesystem::path& configuration);

}  // namespace revenant::registrar
