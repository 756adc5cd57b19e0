#include "registrar/usb/configfs.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <stdexcept>

#include <fcntl.h>
#include <fmt/format.h>

#include "common/core/fd.hpp"

namespace revenant::registrar {

namespace fs = std::filesystem;

std::string read_attribute(const fs::path& attribute) {
    std::ifstream content{attribute};
    std::string line;
    std::getline(content, line);
    return line;
}

void write_attribute(const fs::path& attribute, const std::string& value) {
    const UniqueFd file{::open(attribute.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC)};
    const auto line = value + '\n';  // in one write: configfs treats each as a complete value
    if (!file || ::write(file.get(), line.data(), line.size()) != static_cast<ssize_t>(line.size()))
        throw std::runtime_error{fmt::format("cannot write '{}' to '{}': {}: see the kernel log", value,
                                             attribute.string(), std::strerror(errno))};
}

void refuse_with(const std::string& what, int error, const std::string& remedy) {
    throw std::runtime_error{fmt::format("{}: {}: {}", what, std::strerror(error), remedy)};
}

std::vector<std::string> names_in(const fs::path& directory) {
    std::vector<std::string> names;
    std::error_code failed;
    for (fs::directory_iterator entry{directory, failed}, end; !failed && entry != end; entry.increment(failed))
        names.push_back(entry->path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
}

std::vector<fs::path> links_to(const fs::path& gadget_dir, const fs::path& function) {
    std::vector<fs::path> links;
    std::error_code ignored;
    const auto configurations = gadget_dir / "configs";
    for (const auto& configuration : names_in(configurations))
        for (const auto& name : names_in(configurations / configuration)) {
            const auto link = configurations / configuration / name;
            if (fs::is_symlink(link, ignored) && fs::equivalent(link, function, ignored))
                links.push_back(link);
        }
    return links;
}

bool holds_functions(const fs::path& configuration) {
    std::error_code ignored;
    const auto names = names_in(configuration);
    return std::any_of(names.begin(), names.end(),
                       [&](const auto& name) { return fs::is_symlink(configuration / name, ignored); });
}

}  // namespace revenant::registrar
