#include "test/bench/processes.hpp"

#include <ctime>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <system_error>

#include <fmt/format.h>

#include "common/core/fd.hpp"

namespace revenant::bench {
namespace {

/// The number after a word in a /proc file.
std::uint64_t number_in(const std::filesystem::path& file, std::string_view name) {
    std::ifstream words{file};
    std::uint64_t value = 0;
    for (std::string word; words >> word;)
        if (word == name && words >> value)
            return value;
    throw std::runtime_error{
        fmt::format("'{}' has no '{}': run as root, or mount /proc without hidepid", file.string(), name)};
}

}  // namespace

double cpu_microseconds(const std::vector<pid_t>& processes) {
    double sum = 0;
    for (const auto process : processes) {
        clockid_t clock{};
        if (const int error = ::clock_getcpuclockid(process, &clock))
            throw std::system_error{error, std::system_category(), fmt::format("find the CPU clock of {}", process)};
        timespec used{};
        checked(::clock_gettime(clock, &used), "read a CPU clock");
        sum += static_cast<double>(used.tv_sec) * 1e6 + static_cast<double>(used.tv_nsec) / 1e3;
    }
    return sum;
}

double pss_kib(pid_t process) {
    return static_cast<double>(number_in(fmt::format("/proc/{}/smaps_rollup", process), "Pss:"));
}

std::uint64_t voluntary_switches(const std::vector<pid_t>& processes) {
    std::uint64_t sum = 0;
    for (const auto process : processes)
        for (const auto& thread : std::filesystem::directory_iterator{fmt::format("/proc/{}/task", process)})
            sum += number_in(thread.path() / "status", "voluntary_ctxt_switches:");
    return sum;
}

}  // namespace revenant::bench
