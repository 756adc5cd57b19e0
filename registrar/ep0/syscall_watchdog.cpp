#include "registrar/ep0/syscall_watchdog.hpp"

#include <csignal>

#include <pthread.h>
#include <unistd.h>

#include "common/core/fd.hpp"

namespace revenant::registrar {
namespace {

timespec in_words(std::chrono::milliseconds span) {
    return {span.count() / 1000, span.count() % 1000 * 1'000'000};
}

}  // namespace

SyscallWatchdog::SyscallWatchdog() {
    const int number = SIGRTMIN;
    struct sigaction action {};
    action.sa_handler = [](int) {};  // without SA_RESTART, so that the call is interrupted
    checked(::sigaction(number, &action, nullptr), "sigaction");
    sigset_t ours;
    sigemptyset(&ours);
    sigaddset(&ours, number);
    ::pthread_sigmask(SIG_UNBLOCK, &ours, nullptr);
    sigevent event{};
    event.sigev_notify = SIGEV_THREAD_ID;
    event.sigev_signo = number;
    event._sigev_un._tid = ::gettid();  // sigev_notify_thread_id, which glibc does not define
    checked(::timer_create(CLOCK_MONOTONIC, &event, &timer_), "timer_create");
}

SyscallWatchdog::~SyscallWatchdog() {
    ::timer_delete(timer_);
}

void SyscallWatchdog::arm(std::chrono::milliseconds limit, std::chrono::milliseconds again) {
    const itimerspec when{in_words(again), in_words(limit)};
    ::timer_settime(timer_, 0, &when, nullptr);
}

void SyscallWatchdog::disarm() {
    const itimerspec never{};
    ::timer_settime(timer_, 0, &never, nullptr);
}

}  // namespace revenant::registrar
