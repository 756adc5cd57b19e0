#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <thread>

#include <boost/asio/posix/stream_descriptor.hpp>

#include "common/async/asio.hpp"
#include "registrar/ep0/events.hpp"
#include "registrar/ep0/file.hpp"
#include "registrar/ep0/syscall_watchdog.hpp"

namespace revenant::registrar {

/// State of ep0 at startup.
struct TakeOver {
    bool adopted = false;  ///< ep0 was already active: others hold its endpoints, and the host may use it
    Ep0News news{};        ///< the events that were queued
};

/// Writes descriptors and strings to a new ep0. Adopts an active one and stalls the requests that its former owner left
/// unanswered. Throws std::runtime_error with a user-readable message.
TakeOver take_over(Ep0File& file);

/// Stalls the SETUP that was read last. A transfer in the wrong direction stalls: read() for a device-to-host request,
/// write() for any other. Both transfer zero bytes, so that nothing is consumed if the request is gone.
void stall(Ep0File& file, const Setup& setup);

struct Ep0Limits {
    std::chrono::milliseconds answer = 500ms;  ///< limit for a response; existing companions wait 800 ms
    std::chrono::milliseconds again = 50ms;    ///< interval between attempts to interrupt a response
    std::chrono::milliseconds look = 5s;       ///< ep0 is read at least this often, since a wake-up can get lost
    std::function<std::chrono::steady_clock::time_point()> now = &std::chrono::steady_clock::now;
};

/// Serves ep0 on its own thread, since a late response blocks in the kernel. The thread answers the readiness probe
/// with the value of the last set_ready(), stalls every other request, and queues news for the event loop without
/// waiting for it. A timer signal interrupts a blocked response. All public members belong to the event loop's thread.
class Ep0 {
public:
    struct Counters {
        std::array<std::uint64_t, ep0_event_kinds> events{};
        std::uint64_t stalls = 0;
        std::uint64_t interrupted = 0;  ///< responses that the host did not fetch in time
    };

    /// Starts the thread. `earlier`: news from take_over(). Throws std::system_error.
    Ep0(const asio::any_io_executor& executor, std::unique_ptr<Ep0File> file, Ep0News earlier, Ep0Limits limits);
    Ep0(const Ep0&) = delete;
    Ep0& operator=(const Ep0&) = delete;
    /// Joins the thread and closes ep0. Takes at most Ep0Limits::answer.
    ~Ep0();

    void set_ready(bool ready) { ready_ = ready; }

    /// Waits until something happened, even if only a counter changed, and returns all news since the last call. Throws
    /// std::runtime_error when ep0 has failed.
    awaitable<Ep0News> news();

    [[nodiscard]] Counters counters() const;

private:
    void serve();
    void drain();
    void handle(const Ep0Event& event);
    void control(const Setup& setup);
    void give_up(int error);
    void leave(Ep0News news);

    std::unique_ptr<Ep0File> file_;
    Ep0Limits limits_;
    asio::posix::stream_descriptor bell_;  // an eventfd
    UniqueFd stop_;                        // an eventfd
    std::atomic<bool> ready_ = false;
    std::atomic<bool> stopping_ = false;
    std::atomic<int> failure_ = 0;  // errno that ended the thread
    std::atomic<Ep0News> left_;
    std::array<std::atomic<std::uint64_t>, ep0_event_kinds> events_{};
    std::atomic<std::uint64_t> stalls_ = 0, interrupted_ = 0;
    std::optional<SyscallWatchdog> watchdog_;  // used by the thread only
    std::jthread thread_;                      // last: uses all members above
};

}  // namespace revenant::registrar
