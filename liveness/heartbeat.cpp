#include "liveness/heartbeat.hpp"

#include <array>

#include <boost/asio/buffer.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>

#include "common/async/task_group.hpp"
#include "common/core/log.hpp"

namespace revenant::liveness {
namespace {

struct Reading {
    error_code failed;
    std::size_t size;
};

/// Returns the bytes read, or `timed_out`. A completed read takes precedence over an expired timer: in that case this
/// process was late, not the gadget.
awaitable<Reading> read_within(stream_protocol::socket& from, asio::mutable_buffer into,
                               std::chrono::milliseconds limit) {
    Timer deadline{from.get_executor(), limit};
    const auto [order, failed, size, stopped] =
        co_await asio::experimental::make_parallel_group(from.async_read_some(into, asio::deferred),
                                                         deadline.async_wait(asio::deferred))
            .async_wait(asio::experimental::wait_for_one{}, use_awaitable);
    const bool ran_out = failed == asio::error::operation_aborted && !stopped;
    co_return Reading{ran_out ? error_code{asio::error::timed_out} : failed, size};
}

}  // namespace

Heartbeat::Heartbeat(UnixListener listener, Announcement& ready, std::chrono::milliseconds deadline,
                     std::function<void()> state_changed, std::function<void()> counted)
    : listener_{std::move(listener)},
      ready_{ready},
      deadline_{deadline},
      state_changed_{std::move(state_changed)},
      counted_{std::move(counted)} {}

awaitable<void> Heartbeat::run() {
    const auto body = [this](TaskGroup& session) -> awaitable<void> {
        for (;;) {
            auto gadget = co_await listener_.accept();
            ++counters_.connections;
            if (connected_)
                ++counters_.replaced;
            session.cancel();
            if (const auto failure = co_await session.join())
                std::rethrow_exception(failure);
            session.spawn(listen_to(std::move(gadget)));
            counted_();
        }
    };
    co_await with_group(body);
}

/// Serves one connection. Never throws. On cancellation it leaves `ready` unchanged for its successor.
awaitable<void> Heartbeat::listen_to(stream_protocol::socket gadget) {
    connected_ = true;
    error_code ignored;
    if (gadget.available(ignored) == 0)
        lost();  // heartbeats of the previous connection do not count
    std::array<char, 64> beats;
    Reading reading{};
    for (;;) {
        reading = co_await read_within(gadget, asio::buffer(beats), deadline_);
        if (reading.failed)
            break;
        try {
            beat(reading.size);
        } catch (const std::runtime_error& error) {
            log::error("{}", error.what());
            break;  // the gadget reconnects, which retries
        }
    }
    connected_ = false;
    if (reading.failed == asio::error::operation_aborted)
        co_return;
    if (reading.failed == asio::error::timed_out) {
        ++counters_.beats_missed;
        log::warn("no heartbeat for {} ms: the gadget hangs or has no session; closing its connection",
                  deadline_.count());
    } else {
        log::info("the gadget closed its heartbeat connection");
    }
    lost();
    counted_();
}

void Heartbeat::beat(std::size_t bytes) {
    counters_.beats += bytes;
    if (ready_.raised()) {
        counted_();
        return;
    }
    ready_.raise();
    log::info("gadget heartbeat received: ready");
    state_changed_();
}

void Heartbeat::lost() {
    if (!ready_.raised())
        return;
    ready_.lower();
    state_changed_();
}

}  // namespace revenant::liveness
