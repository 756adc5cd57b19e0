#pragma once

#include <chrono>

#include <time.h>

namespace revenant::registrar {

/// Interrupts the system call that the calling thread is in when it takes too long: the kernel's own timer sends that
/// thread a signal whose handler does nothing, and again until it is disarmed, since one that comes just before the
/// call would be lost. So it works while every other thread is stuck. For the thread that made it.
class SyscallWatchdog {
public:
    /// Throws std::system_error.
    SyscallWatchdog();
    SyscallWatchdog(const SyscallWatchdog&) = delete;
    SyscallWatchdog& operator=(const SyscallWatchdog&) = delete;
    ~SyscallWatchdog();

    void arm(std::chrono::milliseconds limit, std::chrono::milliseconds again);
    void disarm();

private:
    timer_t timer_{};
};

}  // namespace revenant::registrar
