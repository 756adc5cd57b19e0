#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>

#include "common/async/event.hpp"
#include "common/net/path_watch.hpp"

namespace revenant::gadget {

/// Reports to liveness that a session is up and making progress: one byte each second, the first at once, over a
/// connection that stays open only while that holds. A death needs no beat: it closes the connection. One thread.
class Heartbeat {
public:
    enum class LivenessState {
        none,   ///< no session: no connection, no wake-up
        stuck,  ///< a session without progress: beats stop, so liveness closes the connection
        beating,
    };

    Heartbeat(const asio::any_io_executor& executor, std::filesystem::path socket,
              std::function<LivenessState()> liveness_state, std::chrono::milliseconds interval = 1s);

    /// To be called when a session began or ended.
    void changed() { news_.notify(); }

    /// Runs until cancelled. Throws std::system_error when the socket's directory cannot be watched.
    awaitable<void> run();

    [[nodiscard]] std::uint64_t beats() const { return beats_; }

private:
    [[nodiscard]] bool beating() const;
    awaitable<void> wait_for_progress();
    awaitable<void> beat(PathWatch& liveness);
    awaitable<void> send_beats(stream_protocol::socket& link);

    std::filesystem::path socket_;
    std::function<LivenessState()> liveness_state_;
    std::chrono::milliseconds interval_;
    Event news_;
    std::uint64_t beats_ = 0;
};

}  // namespace revenant::gadget
