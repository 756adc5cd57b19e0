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

/// What ep0 was when we came.
struct TakeOver {
    bool adopted = false;  ///< a living instance: others hold its endpoints, and the host may be using it
    Ep0News news{};        ///< what its queue said
};

/// Gives a fresh ep0 its descriptors and strings; adopts a living one, stalling what its former owner left unanswered.
/// Throws std::runtime_error with a sentence for a person.
TakeOver take_over(Ep0File& file);

/// Stalls the SETUP that ep0 gave last. The wrong direction is what stalls: a device to host request by read(), any
/// other by write(); both of no bytes, so that nothing is consumed if the request is gone.
void stall(Ep0File& file, const Setup& setup);

struct Ep0Limits {
    std::chrono::milliseconds answer = 500ms;  ///< existing companions wait 800 ms
    std::chrono::milliseconds again = 50ms;    ///< between two attempts to interrupt an answer
    std::chrono::milliseconds look = 5s;       ///< ep0 is read after so long in any case: a wake-up can get lost
    std::function<std::chrono::steady_clock::time_point()> now = &std::chrono::steady_clock::now;
};

/// ep0 with a thread of its own, since an answer that comes too late blocks in the kernel. The thread answers the
/// readiness probe from what set_ready() said last, stalls every other request, and leaves news for the loop, for which
/// it never waits. An answer that blocks is interrupted by a timer's signal. All of the public side belongs to the
/// loop's thread.
class Ep0 {
public:
    struct Counters {
        std::array<std::uint64_t, ep0_event_kinds> events{};
        std::uint64_t stalls = 0;
        std::uint64_t interrupted = 0;  ///< answers that the host did not fetch in time
    };

    /// Starts the thread; `earlier` is what the take-over found. Throws std::system_error.
    Ep0(const asio::any_io_executor& executor, std::unique_ptr<Ep0File> file, Ep0News earlier, Ep0Limits limits);
    Ep0(const Ep0&) = delete;
    Ep0& operator=(const Ep0&) = delete;
    /// Ends the thread and closes ep0; takes the answer limit at worst.
    ~Ep0();

    void set_ready(bool ready) { ready_ = ready; }

    /// What happened since the last call; waits until something did, be it that only a counter moved. Throws
    /// std::runtime_error when ep0 serves no more.
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
    UniqueFd stop_;                        // another
    std::atomic<bool> ready_ = false;
    std::atomic<bool> stopping_ = false;
    std::atomic<int> failure_ = 0;  // error number that ended the service
    std::atomic<Ep0News> left_;
    std::array<std::atomic<std::uint64_t>, ep0_event_kinds> events_{};
    std::atomic<std::uint64_t> stalls_ = 0, interrupted_ = 0;
    std::optional<SyscallWatchdog> watchdog_;  // the thread's
    std::jthread thread_;                      // last: it uses all of the above
};

}  // namespace revenant::registrar
