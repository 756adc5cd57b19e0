#include "test/integration/disk.hpp"

#include <cstdlib>
#include <fstream>

#include <fcntl.h>
#include <sys/file.h>

namespace revenant::test {

Disk::Disk() {
    say("");
}

std::vector<std::string> Disk::environment() const {
    // The sanitizer's runtime wants to be the first library; what is preloaded here does not touch memory it watches.
    const char* const options = std::getenv("ASAN_OPTIONS");
    return {"LD_PRELOAD=" REVENANT_FAULTY_DISK, "TEST_DISK=" + (dir_.path() / "disk").string(),
            "TEST_DISK_BELOW=" + std::filesystem::temp_directory_path().string() + "/revenant-",
            "ASAN_OPTIONS=" + (options != nullptr ? options + std::string{":"} : "") + "verify_asan_link_order=0"};
}

UniqueFd Disk::hold() const {
    auto file = open_file(dir_.path() / "disk", O_RDONLY);
    checked(::flock(file.get(), LOCK_EX), "flock", dir_.path());
    return file;
}

/// Replaced as a whole, so that nobody reads half of it.
void Disk::say(const std::string& what) const {
    const auto next = dir_.path() / "next";
    std::ofstream{next} << what;
    std::filesystem::rename(next, dir_.path() / "disk");
}

}  // namespace revenant::test
