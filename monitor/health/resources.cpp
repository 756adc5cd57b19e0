#include "monitor/health/resources.hpp"

#include <array>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <sstream>

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

namespace revenant::monitor {
namespace {

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
    const std::filesystem::path directory{"/proc/self/fd"};
    for (const auto& entry : std::filesystem::directory_iterator{directory, failed}) {
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

}  // namespace

std::uint64_t Resources::all_descriptors() const {
    return std::accumulate(descriptors.begin(), descriptors.end(), std::uint64_t{0},
                           [](std::uint64_t sum, const auto& kind) { return sum + kind.second; });
}

Resources look_at_self() {
    Resources resources;
    resources.descriptors = descriptors_by_kind();
    resources.threads = number_in("/proc/self/status", "Threads:");
    resources.resident_kib = number_in("/proc/self/status", "VmRSS:");
    resources.virtual_kib = number_in("/proc/self/status", "VmSize:");
    resources.pss_kib = number_in("/proc/self/smaps_rollup", "Pss:");
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    resources.cpu_seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    resources.descriptor_limit = limit.rlim_cur;
    return resources;
}

std::vector<std::string> alarms_of(const Resources& resources, std::uint64_t connections,
                                   const ResourceLimits& limits) {
    std::vector<std::string> alarms;
    const auto descriptors = resources.all_descriptors();
    if (descriptors > connections + limits.spare_descriptors)
        alarms.push_back(
            fmt::format("{} descriptors are open, {} more than its {} connections explain: it may leak them",
                        descriptors, descriptors - connections, connections));
    if (resources.descriptor_limit > 0 && descriptors * 10 > resources.descriptor_limit * 9)
        alarms.push_back(fmt::format("{} of {} descriptors are in use: raise LimitNOFILE, or lower max-streams",
                                     descriptors, resources.descriptor_limit));
    if (resources.zmq_cap > 0 && resources.zmq_open() >= resources.zmq_cap)
        alarms.push_back(fmt::format(
            "all {} ZeroMQ sockets are open: one for each dependency is enough, so it leaks them", resources.zmq_cap));
    if (resources.threads > limits.threads)
        alarms.push_back(
            fmt::format("it runs {} threads, {} are the most that it needs", resources.threads, limits.threads));
    if (resources.pss_kib > limits.pss_kib)
        alarms.push_back(fmt::format("it takes {} KiB of memory, {} are the most that it should", resources.pss_kib,
                                     limits.pss_kib));
    if (!resources.zmq_flood.empty())
        alarms.push_back(resources.zmq_flood);
    return alarms;
}

boost::json::object to_json(const Resources& resources) {
    boost::json::object kinds;
    for (const auto& [kind, count] : resources.descriptors)
        kinds[kind] = count;
    return {{"descriptors", resources.all_descriptors()},
            {"descriptors_by_type", std::move(kinds)},
            {"descriptor_limit", resources.descriptor_limit},
            {"threads", resources.threads},
            {"pss_kib", resources.pss_kib},
            {"resident_kib", resources.resident_kib},
            {"cpu_seconds", resources.cpu_seconds},
            {"zmq_sockets", resources.zmq_open()},
            {"zmq_opened", resources.zmq_opened},
            {"zmq_closed", resources.zmq_closed},
            {"zmq_cap", resources.zmq_cap},
            {"zmq_floods", resources.zmq_floods}};
}

}  // namespace revenant::monitor
