#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>

#include "common/async/event.hpp"
#include "common/net/path_watch.hpp"

namespace revenant::gadget {

/// Before connecting again to another of the programs: whoever hangs up at once must not spin us.
constexpr auto pause_before_retry = 10ms;

/// Tells liveness that a session is up and making progress: a byte every 200 ms, the first at once, over a connection
/// that lives as long as that is so. One thread.
class Heartbeat {
public:
    enum class LivenessState {
        none,   ///< no session: no connection, no wake-up
        stuck,  ///< a session without progress: the beats stop, so that liveness ends the connection
        beating,
    };

    Heartbeat(const asio::any_io_executor& executor, std::filesystem::path socket,
              std::function<LivenessState()> liveness_state, std::chrono::milliseconds interval = 200ms);

    /// A session began or ended.
    void changed() { news_.notify(); }

    /// Until cancelled. Throws std::system_error when the socket's directory cannot be watched.
    awaitable<void> run();

    [[nodiscard]] std::uint64_t beats() const { return beats_; }

private:
    awaitable<void> until(bool beating);
    awaitable<void> beat(PathWatch& liveness);
    awaitable<void> send_beats(stream_protocol::socket& link);

    std::filesystem::path socket_;
    std::function<LivenessState()> liveness_state_;
    std::chrono::milliseconds interval_;
    Event news_;
    std::uint64_t beats_ = 0;
};

}  // namespace revenant::gadget
