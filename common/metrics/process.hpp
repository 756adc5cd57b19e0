#pragma once

#include <cstdint>
#include <map>
#include <string>

#include <boost/json/object.hpp>

#include "common/metrics/exposition.hpp"

namespace revenant {

/// What this process holds. What cannot be read is 0.
struct ProcessUsage {
    std::map<std::string, std::uint64_t>
        descriptors{};  ///< by type: socket, eventfd, eventpoll, timerfd, inotify, pipe, signalfd, file
    std::uint64_t threads = 0, pss_kib = 0, resident_kib = 0, virtual_kib = 0;
    double cpu_seconds = 0;              ///< user and system
    std::uint64_t descriptor_limit = 0;  ///< soft RLIMIT_NOFILE

    [[nodiscard]] std::uint64_t all_descriptors() const;
};

/// From /proc/self, getrusage(2) and getrlimit(2). Any thread.
ProcessUsage read_process_usage();

/// For a status line: {"pid", "descriptors", "threads", "pss_kib"}.
boost::json::object process_status();

/// The process_* metrics, by the names of Prometheus' own client libraries.
void add_process(Exposition& page, const ProcessUsage& usage);

}  // namespace revenant
