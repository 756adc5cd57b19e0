#include "common/metrics/process.hpp"

#include <filesystem>
#include <fstream>
#include <numeric>

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

namespace revenant {
namespace {

constexpr auto status_file = "/proc/self/status", memory_file = "/proc/self/smaps_rollup";

/// The kind of what a descriptor's link in /proc names: "socket:[1]", "anon_inode:[eventfd]", "/etc/hosts".
std::string kind_of(const std::string& target) {
    for (const auto* const kind : {"socket", "eventfd", "eventpoll", "timerfd", "inotify", "pipe", "signalfd"})
        if (target.rfind(std::string{kind} + ":", 0) == 0 || target == fmt::format("anon_inode:[{}]", kind) ||
            target == fmt::format("anon_inode:{}", kind))
            return kind;
    return "file";
}

std::map<std::string, std::uint64_t> descriptors_by_kind() {
    std::map<std::string, std::uint64_t> kinds;
    std::error_code failed;
    for (const auto& entry : std::filesystem::directory_iterator{"/proc/self/fd", failed}) {
        const auto target = std::filesystem::read_symlink(entry.path(), failed);
        if (!failed && target.string().find("/fd") == std::string::npos)  // not the one that looks
            ++kinds[kind_of(target.string())];
    }
    return kinds;
}

/// The number after `word` in a file of /proc; 0 if it is not there.
std::uint64_t number_in(const char* file, const std::string& word) {
    std::ifstream lines{file};
    std::uint64_t value = 0;
    for (std::string found; lines >> found;)
        if (found == word && lines >> value)
            return value;
    return 0;
}

std::uint64_t threads_now() {
    return number_in(status_file, "Threads:");
}

std::uint64_t pss_kib_now() {
    return number_in(memory_file, "Pss:");
}

double cpu_seconds_now() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double real(std::uint64_t number) {
    return static_cast<double>(number);
}

}  // namespace

std::uint64_t ProcessUsage::all_descriptors() const {
    return std::accumulate(descriptors.begin(), descriptors.end(), std::uint64_t{0},
                           [](std::uint64_t sum, const auto& type) { return sum + type.second; });
}

ProcessUsage read_process_usage() {
    ProcessUsage usage;
    usage.descriptors = descriptors_by_kind();
    usage.threads = threads_now();
    usage.pss_kib = pss_kib_now();
    usage.resident_kib = number_in(status_file, "VmRSS:");
    usage.virtual_kib = number_in(status_file, "VmSize:");
    usage.cpu_seconds = cpu_seconds_now();
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    usage.descriptor_limit = limit.rlim_cur;
    return usage;
}

boost::json::object process_status() {
    const std::filesystem::directory_iterator descriptors{"/proc/self/fd"};
    return {{"pid", ::getpid()},
            {"descriptors", std::distance(begin(descriptors), end(descriptors)) - 1},  // less the one that looks
            {"threads", threads_now()},
            {"pss_kib", pss_kib_now()}};
}

void add_process(Exposition& page, const ProcessUsage& usage) {
    page.gauge("process_open_fds", "Number of open file descriptors.", {}, real(usage.all_descriptors()));
    page.gauge("process_max_fds", "Maximum number of open file descriptors.", {}, real(usage.descriptor_limit));
    page.gauge("process_resident_memory_bytes", "Resident memory size in bytes.", {}, real(usage.resident_kib) * 1024);
    page.gauge("process_virtual_memory_bytes", "Virtual memory size in bytes.", {}, real(usage.virtual_kib) * 1024);
    page.counter("process_cpu_seconds_total", "Total user and system CPU time spent in seconds.", {},
                 usage.cpu_seconds);
    page.gauge("process_threads", "Number of OS threads in the process.", {}, real(usage.threads));
}

}  // namespace revenant
