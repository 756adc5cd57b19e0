// A service for the supervisor's tests. It uses libsystemd, so that the supervisor is tested against real clients.
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iostream>
#include <string>

#include <fcntl.h>
#include <sys/mman.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "common/core/fd.hpp"

namespace {

using revenant::checked;
using revenant::UniqueFd;

void block(int signal) {
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, signal);
    ::sigprocmask(SIG_BLOCK, &set, nullptr);
}

/// Returns true if SIGTERM, which must be blocked, arrives within `usec` microseconds.
bool terminated_within(std::uint64_t usec) {
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, SIGTERM);
    const timespec limit{static_cast<time_t>(usec / 1'000'000), static_cast<long>(usec % 1'000'000 * 1000)};
    int heard = -1;
    do
        heard = ::sigtimedwait(&set, nullptr, &limit);
    while (heard < 0 && errno == EINTR);  // SIGCONT interrupts the wait
    return heard == SIGTERM;
}

constexpr std::uint64_t for_ever = 3'600'000'000;

/// Sends READY, then WATCHDOG every quarter of the watchdog interval, with a counter in STATUS.
int beat() {
    block(SIGTERM);
    std::uint64_t interval = 0;
    checked(::sd_watchdog_enabled(0, &interval) > 0 ? 0 : -1, "find a watchdog");
    ::sd_notify(0, "READY=1");
    for (int beats = 1; !terminated_within(interval / 4); ++beats)
        ::sd_notifyf(0, "WATCHDOG=1\nSTATUS=beat %d", beats);
    ::sd_notify(0, "STOPPING=1");
    return EXIT_SUCCESS;
}

void store(const std::string& name, const std::string& text) {
    const UniqueFd memory{checked(::memfd_create("probe", MFD_CLOEXEC), "memfd_create")};
    checked(static_cast<int>(::write(memory.get(), text.data(), text.size())), "write");
    const int fd = memory.get();
    ::sd_pid_notify_with_fds(0, 0, ("FDSTORE=1\nFDPOLL=0\nFDNAME=" + name).c_str(), &fd, 1);
}

/// Returns the descriptors from the supervisor: "name=text " for each.
std::string received() {
    char** names = nullptr;
    const int count = ::sd_listen_fds_with_names(1, &names);
    std::string all;
    for (int i = 0; i < count; ++i) {
        std::array<char, 64> text{};
        const auto size = ::pread(SD_LISTEN_FDS_START + i, text.data(), text.size(), 0);
        all += std::string{names[i]} + '=' + std::string(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
        all += ' ';
        std::free(names[i]);
    }
    std::free(names);
    return all;
}

/// Reports received descriptors in STATUS, stores one descriptor per name, and waits.
int keep(int argc, char** argv) {
    block(SIGTERM);
    const auto before = received();
    for (int i = 2; i < argc; ++i) {
        const std::string name = argv[i];
        if (name.starts_with('-'))
            ::sd_notify(0, ("FDSTOREREMOVE=1\nFDNAME=" + name.substr(1)).c_str());
        else if (before.empty())
            store(name, "secret of " + name);
    }
    ::sd_notify(0, ("READY=1\nSTATUS=received " + before).c_str());
    return terminated_within(for_ever) ? EXIT_SUCCESS : EXIT_FAILURE;
}

/// Stores a descriptor just before its end, while the supervisor still reads earlier messages. When restarted with it,
/// reports it in STATUS and waits.
int last_words(const std::string& name) {
    block(SIGTERM);
    const auto before = received();
    if (before.empty()) {
        for (int i = 0; i < 200; ++i)
            ::sd_notify(0, "STATUS=talking");
        store(name, "secret of " + name);
        ::raise(SIGKILL);
    }
    ::sd_notify(0, ("READY=1\nSTATUS=received " + before).c_str());
    return terminated_within(for_ever) ? EXIT_SUCCESS : EXIT_FAILURE;
}

/// On SIGTERM, appends a line to a file and exits.
int leave(const char* file, const char* line) {
    block(SIGTERM);
    ::sd_notify(0, "READY=1");
    const bool asked = terminated_within(for_ever);
    std::ofstream{file, std::ios::app} << line << '\n';
    return asked ? EXIT_SUCCESS : EXIT_FAILURE;
}

/// Ignores SIGTERM.
int deaf() {
    block(SIGTERM);
    ::sd_notify(0, "READY=1");
    for (;;)
        ::pause();
}

}  // namespace

int main(int argc, char** argv) {
    const std::string mode = argc > 1 ? argv[1] : "";
    if (mode == "beat")
        return beat();
    if (mode == "keep")
        return keep(argc, argv);
    if (mode == "last-words" && argc == 3)
        return last_words(argv[2]);
    if (mode == "leave" && argc == 4)
        return leave(argv[2], argv[3]);
    if (mode == "deaf")
        return deaf();
    std::cerr << "use: supervisor-probe beat | keep NAME... | last-words NAME | leave FILE LINE | deaf\n";
    return EXIT_FAILURE;
}
