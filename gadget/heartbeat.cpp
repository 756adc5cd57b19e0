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

awaitable<void> Heartbeat::run() {
    PathWatch liveness{co_await asio::this_coro::executor, socket_};
    for (;;) {
        co_await until(true);
        co_await either(beat(liveness), until(false));
    }
}

/// Waits until the state is `beating`, or until it is not. Polls once per interval, and only during a session.
awaitable<void> Heartbeat::until(bool beating) {
    for (auto liveness_state = liveness_state_(); (liveness_state == LivenessState::beating) != beating;
         liveness_state = liveness_state_()) {
        if (liveness_state == LivenessState::none) {
            co_await news_.wait();
        } else {
            co_await within(std::chrono::steady_clock::now() + interval_, news_.wait());
        }
    }
}

awaitable<void> Heartbeat::beat(PathWatch& liveness) {
    asio::steady_timer pause{co_await asio::this_coro::executor};
    for (;;) {
        auto link = co_await connect_when_present(liveness);
        co_await either(send_beats(link), lost(link));
        pause.expires_after(pause_before_retry);
        co_await pause.async_wait(use_awaitable);
    }
}

/// Sends until the connection is lost.
awaitable<void> Heartbeat::send_beats(stream_protocol::socket& link) {
    asio::steady_timer pause{link.get_executor()};
    constexpr std::array beat{'b'};
    for (;;) {
        const auto [failed, size] = co_await asio::async_write(link, asio::buffer(beat), as_tuple(use_awaitable));
        if (failed)
            co_return;
        ++beats_;
        pause.expires_after(interval_);
        co_await pause.async_wait(use_awaitable);
    }
}

}  // namespace revenant::gadget
