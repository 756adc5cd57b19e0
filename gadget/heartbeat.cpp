#include "gadget/heartbeat.hpp"

#include <array>

#include <boost/asio/write.hpp>

#include "common/async/within.hpp"

namespace revenant::gadget {
namespace {

awaitable<void> lost(stream_protocol::socket& link) {
    std::array<char, 1> nothing_is_ever_sent;
    co_await link.async_read_some(asio::buffer(nothing_is_ever_sent), as_tuple(use_awaitable));
}

}  // namespace

Heartbeat::Heartbeat(const asio::any_io_executor& executor, std::filesystem::path socket,
                     std::function<LivenessState()> liveness_state, std::chrono::milliseconds interval)
    : socket_{std::move(socket)}, liveness_state_{std::move(liveness_state)}, interval_{interval}, news_{executor} {}

bool Heartbeat::beating() const {
    return liveness_state_() == LivenessState::beating;
}

awaitable<void> Heartbeat::run() {
    PathWatch liveness{co_await asio::this_coro::executor, socket_};
    for (;;) {
        co_await wait_for_progress();
        co_await either(beat(liveness), news_.wait_until([this] { return !beating(); }));
    }
}

/// Polls once per interval while a session makes no progress, since no event marks the end of that state.
awaitable<void> Heartbeat::wait_for_progress() {
    for (auto state = liveness_state_(); state != LivenessState::beating; state = liveness_state_()) {
        if (state == LivenessState::none)
            co_await news_.wait();
        else
            co_await within(Clock::now() + interval_, news_.wait());
    }
}

/// Returns when a beat is due and the session makes no progress.
awaitable<void> Heartbeat::beat(PathWatch& liveness) {
    while (beating()) {
        auto link = co_await connect_when_present(liveness);
        co_await either(send_beats(link), lost(link));
        co_await sleep_for(pause_before_retry);
    }
}

/// Sends until the connection is lost or the session makes no progress. The same timer sends the beat and looks at the
/// progress: one wake-up per beat.
awaitable<void> Heartbeat::send_beats(stream_protocol::socket& link) {
    constexpr std::array beat{'b'};
    while (beating()) {
        const auto [failed, size] = co_await asio::async_write(link, asio::buffer(beat), as_tuple(use_awaitable));
        if (failed)
            co_return;
        ++beats_;
        co_await sleep_for(interval_);
    }
}

}  // namespace revenant::gadget
