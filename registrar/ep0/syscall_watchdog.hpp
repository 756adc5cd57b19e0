#pragma once

#include <chrono>

#include <time.h>

namespace revenant::registrar {

/// Interrupts a system call of the calling thread when it takes too long. A kernel timer sends the thread a signal with
/// an empty handler, and repeats it until disarmed, since a signal just before the call would be lost. Works while all
/// other threads are blocked. Usable only on the thread that constructed it.
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
