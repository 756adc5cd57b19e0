#include "common/service/notify.hpp"

#include <cstdlib>
#include <ctime>
#include <memory>

#include <sys/stat.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

namespace revenant::service {

void ready(const std::string& status) {
    ::sd_notify(0, ("READY=1\nSTATUS=" + status).c_str());
}

void status(const std::string& text) {
    ::sd_notify(0, ("STATUS=" + text).c_str());
}

void stopping() {
    ::sd_notify(0, "STOPPING=1");
}

void reloading() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    const auto microseconds = std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1'000;
    ::sd_notify(0, ("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(microseconds)).c_str());
}

std::optional<std::chrono::microseconds> watchdog_interval() {
    std::uint64_t microseconds = 0;
    if (::sd_watchdog_enabled(0, &microseconds) <= 0)
        return std::nullopt;
    return std::chrono::microseconds{microseconds};
}

void ping_watchdog() {
    ::sd_notify(0, "WATCHDOG=1");
}

bool managed() {
    return std::getenv("NOTIFY_SOCKET") != nullptr;
}

bool logs_to_journal() {
    const char* const stream = std::getenv("JOURNAL_STREAM");
    struct stat status {};
    return stream != nullptr && ::fstat(STDERR_FILENO, &status) == 0 &&
           stream == std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino);
}

std::vector<StoredFd> take_stored() {
    char** names = nullptr;
    const int count = ::sd_listen_fds_with_names(1, &names);
    std::vector<StoredFd> stored;
    for (int index = 0; index < count; ++index) {
        const std::unique_ptr<char, decltype(&std::free)> name{names[index], &std::free};
        stored.push_back({name.get(), UniqueFd{SD_LISTEN_FDS_START + index}});
    }
    std::free(static_cast<void*>(names));
    return stored;
}

bool store(const std::string& name, int fd) {
    return ::sd_pid_notify_with_fds(0, 0, ("FDSTORE=1\nFDNAME=" + name).c_str(), &fd, 1) > 0;
}

void forget(const std::string& name) {
    ::sd_notify(0, ("FDSTOREREMOVE=1\nFDNAME=" + name).c_str());
}

}  // namespace revenant::service
