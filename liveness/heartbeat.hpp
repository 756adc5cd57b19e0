#pragma once

#include <chrono>
#include <cstdint>

#include "common/async/asio.hpp"
#include "common/net/announcement.hpp"
#include "common/net/unix_listener.hpp"

namespace revenant::liveness {

/// Serves `heartbeat.sock`. The gadget sends one byte per heartbeat; each must arrive within `deadline` of the previous
/// one (the first: of the accept). `ready` is raised while heartbeats arrive. A new connection replaces the old one,
/// whose coroutine ends before the new one starts. Single-threaded.
class Heartbeat {
public:
    struct Counters {
        std::uint64_t beats = 0;
        std::uint64_t beats_missed = 0;  ///< deadlines that passed without a byte
        std::uint64_t connections = 0;
        std::uint64_t replaced = 0;  ///< connections replaced by a newer one
    };

    /// `state_changed` is called when alive() changes, `counted` when only a counter changes.
    Heartbeat(UnixListener listener, Announcement& ready, std::chrono::milliseconds deadline,
              std::function<void()> state_changed, std::function<void()> counted);

    /// Runs until cancelled.
    awaitable<void> run();

    [[nodiscard]] bool alive() const { return ready_.raised(); }
    [[nodiscard]] const Counters& counters() const { return counters_; }

private:
    awaitable<void> listen_to(stream_protocol::socket gadget);
    void beat(std::size_t bytes);
    void lost();

    UnixListener listener_;
    Announcement& ready_;
    std::chrono::milliseconds deadline_;
    std::function<void()> state_changed_, counted_;
    Counters counters_;
    bool connected_ = false;
};

}  // namespace revenant::liveness
