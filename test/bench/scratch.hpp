#pragma once

#include <filesystem>
#include <string>

namespace revenant::bench {

/// A temporary directory below `parent` (created if missing); removed recursively.
class ScratchDirectory {
public:
    /// Throws std::system_error with the parent's path.
    explicit ScratchDirectory(const std::filesystem::path& parent);
    ScratchDirectory(const ScratchDirectory&) = delete;
    ScratchDirectory& operator=(const ScratchDirectory&) = delete;
    ~ScratchDirectory();

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

/// The file system of a directory, such as "ext4 on /dev/vda". Throws std::runtime_error if it is unknown.
std::string file_system_of(const std::filesystem::path& directory);

}  // namespace revenant::bench
