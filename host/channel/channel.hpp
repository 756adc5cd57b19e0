#pragma once

#include <chrono>
#include <map>
#include <optional>

#include "common/async/event.hpp"
#include "common/async/task_group.hpp"
#include "common/wire/message.hpp"
#include "host/channel/requests.hpp"
#include "host/error/fault.hpp"
#include "host/link/link.hpp"

namespace revenant::host {

/// How long a request may take before the requester gives it up, as companions have it: from 3 s for a status to 30 s
/// for many new keys.
std::chrono::milliseconds usual_deadline(const Request& request);

/// Whether a gadget that was restarted in between may be asked again: it does no harm twice.
bool repeatable(const Request& request);

/// What came of a request.
struct Answer {
    enum class Outcome : std::uint8_t {
        answered,
        unreadable,  ///< the bytes received are not a response
        late,        ///< the deadline passed; nothing was done, or doing it again does no harm
        unknown,     ///< it may have been done: the gadget restarted, or did not answer in time
        refused,     ///< too many requests are waiting already
    };
    Outcome outcome = Outcome::late;
    Response response{};
};

/// The waits of a channel; other values are for tests.
struct ChannelTimes {
    std::chrono::milliseconds name_wait{1000};       ///< for the retry frame after a lost link
    std::chrono::milliseconds probe_interval{1000};  ///< between two readiness probes while an interface is held
    std::chrono::milliseconds partial_limit{1000};   ///< of silence inside a frame, which is then dropped
};

/// One interface of the device for as long as run() runs: claims it when the device is ready, carries requests, and
/// when the link is lost claims it again and repeats what may be repeated. One thread.
class DeviceChannel {
public:
    DeviceChannel(const asio::any_io_executor& executor, Link& link, const ChannelTimes& times = {})
        : executor_{executor}, link_{link}, times_{times}, work_{executor}, moved_{executor} {}

    /// Keeps the interface until cancelled.
    awaitable<void> run();

    /// Several requests may run at once. A request may precede the device: its deadline includes the wait for it.
    awaitable<Answer> ask(const Request& request, std::chrono::milliseconds deadline);

    /// Why no request is answered now: a fault of the way to the device. Empty: the interface is claimed.
    [[nodiscard]] std::optional<Fault> fault() const { return fault_; }
    /// Number of claims of the interface.
    [[nodiscard]] std::uint64_t claims() const { return claims_; }
    /// Returns when `predicate()`, which depends on fault() and claims(), holds.
    template <typename Predicate>
    awaitable<void> until(Predicate predicate) {
        return moved_.wait_until(std::move(predicate));
    }

private:
    struct Waiter {
        Timer timer;
        std::optional<Finished> finished{};
    };
    awaitable<void> until_ready();
    awaitable<bool> hold(Pipe& pipe);
    awaitable<void> read_frames(Pipe& pipe, bool& heard);
    awaitable<void> write_frames(Pipe& pipe);
    awaitable<void> watch_readiness();
    awaitable<void> limit_wait_for_name();
    void deliver();
    void set(std::optional<Fault> fault);

    asio::any_io_executor executor_;
    Link& link_;
    ChannelTimes times_;
    Requests requests_;
    std::map<MessageId, Waiter*> waiters_;
    Event work_;  // there may be a frame to write
    std::optional<Fault> fault_ = Fault::no_device;
    std::uint64_t claims_ = 0;
    Event moved_;  // fault_
};

}  // namespace revenant::host
