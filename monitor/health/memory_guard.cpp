#include "monitor/health/memory_guard.hpp"

#include <array>
#include <cstdio>

#include <fcntl.h>
#include <unistd.h>

namespace revenant::monitor {

bool MemoryGuard::overfull(std::uint64_t kib) {
    if (kib == 0)
        return false;
    if (least_ == 0 || kib < least_)
        least_ = kib;
    if (kib - least_ <= max_growth_)
        return false;
    least_ = kib;
    return true;
}

OwnMemory::OwnMemory() : file_{open_file("/proc/self/statm", O_RDONLY)} {}

std::uint64_t OwnMemory::kib() const {
    std::array<char, 128> text{};
    if (::pread(file_.get(), text.data(), text.size() - 1, 0) <= 0)
        return 0;
    unsigned long long all = 0, resident = 0, of_files = 0;  // pages
    if (std::sscanf(text.data(), "%llu %llu %llu", &all, &resident, &of_files) != 3 || resident < of_files)
        return 0;
    return (resident - of_files) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)) / 1024;
}

}  // namespace revenant::monitor
