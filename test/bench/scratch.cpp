#include "test/bench/scratch.hpp"

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <system_error>

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "common/core/fd.hpp"

namespace revenant::bench {

ScratchDirectory::ScratchDirectory(const std::filesystem::path& parent) {
    std::filesystem::create_directories(parent);
    auto name = (std::filesystem::absolute(parent) / "revenant-bench-XXXXXX").string();
    checked(::mkdtemp(name.data()) != nullptr ? 0 : -1, "create a directory below", parent);
    path_ = name;
}

ScratchDirectory::~ScratchDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::string file_system_of(const std::filesystem::path& directory) {
    struct stat found {};
    checked(::stat(directory.c_str(), &found), "stat", directory);
    const auto device = fmt::format("{}:{}", major(found.st_dev), minor(found.st_dev));
    // Fields: id, parent, device, root, mount point, options, optional ones, "-", type, source (proc(5)).
    std::ifstream mounts{"/proc/self/mountinfo"};
    for (std::string line; std::getline(mounts, line);) {
        std::istringstream words{line};
        std::string word, type, source;
        words >> word >> word >> word;
        if (word != device)
            continue;
        while (words >> word && word != "-") {
        }
        if (words >> type >> source)
            return type + " on " + source;
    }
    throw std::runtime_error{fmt::format("/proc/self/mountinfo has no file system for '{}': choose another --store-dir",
                                         directory.string())};
}

}  // namespace revenant::bench
