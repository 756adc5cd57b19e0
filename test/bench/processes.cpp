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

std::uint64_t switches_of_thread(const std::filesystem::path& thread) {
    std::ifstream lines{thread / "status"};
    std::uint64_t value = 0;
    for (std::string word; lines >> word;)
        if (word == "voluntary_ctxt_switches:" && lines >> value)
            return value;
    throw std::runtime_error{
        fmt::format("'{}/status' does not tell the context switches: run as root, or mount /proc "
                    "without hidepid",
                    thread.string())};
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

std::uint64_t voluntary_switches(const std::vector<pid_t>& processes) {
    std::uint64_t sum = 0;
    for (const auto process : processes)
        for (const auto& thread : std::filesystem::directory_iterator{fmt::format("/proc/{}/task", process)})
            sum += switches_of_thread(thread.path());
    return sum;
}

}  // namespace revenant::bench
