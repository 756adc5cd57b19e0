#pragma once

#include <filesystem>
#include <string>

namespace revenant::bench {

/// A directory of its own below `parent` (made if missing); removed with all that is in it.
class ScratchDirectory {
public:
    /// Throws std::system_error naming the parent.
    explicit ScratchDirectory(const std::filesystem::path& parent);
    ScratchDirectory(const ScratchDirectory&) = delete;
    ScratchDirectory& operator=(const ScratchDirectory&) = delete;
    ~ScratchDirectory();

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

/// The file system of a directory, as in "ext4 on /dev/vda". Throws std::runtime_error when the kernel does not say.
std::string file_system_of(const std::filesystem::path& directory);

}  // namespace revenant::bench
