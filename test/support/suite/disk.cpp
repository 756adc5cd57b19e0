#include "test/support/suite/disk.hpp"

#include <cstdlib>
#include <fstream>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

namespace revenant::test {

std::vector<std::string> preloading(const std::string& library) {
    // The ASan runtime must be the first library; the preloaded libraries do not touch memory that it tracks.
    const char* const options = std::getenv("ASAN_OPTIONS");
    return {"LD_PRELOAD=" + library,
            "ASAN_OPTIONS=" + (options != nullptr ? options + std::string{":"} : "") + "verify_asan_link_order=0"};
}

Disk::Disk() {
    say("");
}

std::vector<std::string> Disk::environment(const std::filesystem::path& below) const {
    auto environment = preloading(REVENANT_FAULTY_DISK);
    environment.push_back("TEST_DISK=" + (dir_.path() / "disk").string());
    const auto usual = std::filesystem::temp_directory_path() / "revenant-";
    environment.push_back("TEST_DISK_BELOW=" + (below.empty() ? usual : below).string());
    return environment;
}

void Disk::slow_down(milliseconds each, milliseconds tail, unsigned every) const {
    std::ofstream{dir_.path() / "disk.syncs"};
    say(fmt::format("slow {} {} {}", each.count(), tail.count(), every));
}

std::size_t Disk::syncs() const {
    return std::filesystem::file_size(dir_.path() / "disk.syncs");
}

UniqueFd Disk::hold() const {
    auto file = open_file(dir_.path() / "disk", O_RDONLY);
    checked(::flock(file.get(), LOCK_EX), "flock", dir_.path());
    return file;
}

/// Atomic by rename, so that a reader never sees partial contents.
void Disk::say(const std::string& what) const {
    const auto next = dir_.path() / "next";
    std::ofstream{next} << what;
    std::filesystem::rename(next, dir_.path() / "disk");
}

}  // namespace revenant::test
